package proxy

import "testing"

func TestNormalPath_TheRouteThatIsMeantIsServed(t *testing.T) {
	for in, want := range map[string][2]string{
		"/v1/images/generations":                                      {"/v1/images/generations", ""},
		"/images/generations/":                                        {"/v1/images/generations", ""},
		"/openai/deployments/midjourney/images/generations":           {"/v1/images/generations", "midjourney"},
		"/openai/deployments/midjourney-v7.1/images/edits":            {"/v1/images/edits", "midjourney-v7.1"},
		"/openai/deployments/my-dalle/chat/completions":               {"/v1/chat/completions", "my-dalle"},
		"/openai/deployments/a%2Fb/images/variations":                 {"/v1/images/variations", "a%2Fb"},
		"/openai/deployments/m/responses":                             {"/v1/responses", "m"},
		"/openai/images/edits":                                        {"/v1/images/edits", ""},
		"/openai/models":                                              {"/v1/models", ""},
		"/openai/videos":                                              {"/v1/videos", ""},
		"/openai/files":                                               {"/v1/files", ""},
		"/openai/v1/images/generations":                               {"/v1/images/generations", ""},
		"/openai/openai/deployments/m/images/generations":             {"/v1/images/generations", "m"},
		"/v1/deployments/m/images/generations":                        {"/v1/images/generations", "m"},
		"/v1/openai/deployments/m/images/generations":                 {"/v1/images/generations", "m"},
		"/openai/deployments/m/v1/images/generations":                 {"/v1/images/generations", "m"},
		"/v1/engines/m/chat/completions":                              {"/v1/chat/completions", "m"},
		"/v1/v1/images/generations":                                   {"/v1/images/generations", ""},
		"/v1/v1/v1/models/midjourney":                                 {"/v1/models/midjourney", ""},
		"/api/v1/images":                                              {"/v1/images", ""},
		"/api/v1/chat/completions":                                    {"/v1/chat/completions", ""},
		"/v1beta/openai/images/generations":                           {"/v1/images/generations", ""},
		"/v1/chat/completions/chat/completions":                       {"/v1/chat/completions", ""},
		"/v1/chat/completions/images/generations":                     {"/v1/images/generations", ""},
		"/v1/images/generations/images/generations":                   {"/v1/images/generations", ""},
		"/openai/deployments/m/images/generations/images/generations": {"/v1/images/generations", "m"},
		"/v1/images/images/generations":                               {"/v1/images/generations", ""},
		"/v1/images/generations/v1/images/edits":                      {"/v1/images/edits", ""},
		"/v1/images/img_AAAAAAAAAAAAAAAAAAAAAAAAAA/actions":           {"/v1/images/img_AAAAAAAAAAAAAAAAAAAAAAAAAA/actions", ""},
		"/openai/responses/resp_AAAAAAAAAAAAAAAAAAAAAAAAAA":           {"/v1/responses/resp_AAAAAAAAAAAAAAAAAAAAAAAAAA", ""},
		"/images/img_AAAAAAAAAAAAAAAAAAAAAAAAAA.png":                  {"/images/img_AAAAAAAAAAAAAAAAAAAAAAAAAA.png", ""},
		"/videos/video_AAAAAAAAAAAAAAAAAAAAAAAAAA.mp4":                {"/videos/video_AAAAAAAAAAAAAAAAAAAAAAAAAA.mp4", ""},
		"/v1/images/img_AAAAAAAAAAAAAAAAAAAAAAAAAA":                   {"/v1/images/img_AAAAAAAAAAAAAAAAAAAAAAAAAA", ""},
		// Reverse proxies guard these by their paths, and picture bytes have one address each: they are not served by another.
		"/openai/metrics":             {"/openai/metrics", ""},
		"/v1/metrics":                 {"/v1/metrics", ""},
		"/api/healthz":                {"/api/healthz", ""},
		"/openai/readyz":              {"/openai/readyz", ""},
		"/openai/mj/submit/imagine":   {"/openai/mj/submit/imagine", ""},
		"/v1/hooks/token":             {"/v1/hooks/token", ""},
		"/openai/playground":          {"/openai/playground", ""},
		"/openai/images/img_AA.png":   {"/openai/images/img_AA.png", ""},
		"/openai/deployments":         {"/openai/deployments", ""},
		"/openai/deployments/m":       {"/openai/deployments/m", ""},
		"/v1":                         {"/v1", ""},
		"/":                           {"/", ""},
		"/api/usage/token":            {"/v1/usage/token", ""},
		"/openai/deployments/m/audio": {"/openai/deployments/m/audio", ""},
	} {
		if path, deployment := normalPath(in); path != want[0] || deployment != want[1] {
			t.Errorf("normalPath(%s) = %s, %q, want %s, %q", in, path, deployment, want[0], want[1])
		}
	}
}
