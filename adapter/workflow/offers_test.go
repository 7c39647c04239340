package workflow_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/midjourney/simulator"
)

// notHere are ways in which an upstream says that it does not offer a kind of job.
func notHere(model string) map[string]simulator.Fault {
	return map[string]simulator.Fault{
		"no channel": {Kind: "answer", Status: http.StatusServiceUnavailable, Times: -1,
			Body: fmt.Sprintf(`{"error":{"message":"当前分组 default 下对于模型 %s 无可用渠道 (request id: 1)","type":"new_api_error"}}`, model)},
		"no right": {Kind: "answer", Status: http.StatusForbidden, Times: -1,
			Body: fmt.Sprintf(`{"error":{"message":"该令牌无权访问模型 %s","type":"new_api_error"}}`, model)},
		"no channel in English": {Kind: "answer", Status: http.StatusServiceUnavailable, Times: -1,
			Body: fmt.Sprintf(`{"error":{"message":"No available channel for model %s under group vip","code":"model_not_found"}}`, model)},
		"not for the account": {Kind: "answer", Status: http.StatusOK, Times: -1, Body: `{"code":9,"description":"当前账号不支持编辑/重绘任务"}`},
	}
}

// TestAnEditThatIsNotOfferedIsDrawnAfterThePicture, and the upstream is not asked again for an hour.
func TestAnEditThatIsNotOfferedIsDrawnAfterThePicture(t *testing.T) {
	for name, fault := range notHere("mj_edits") {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, simulator.Config{}, nil)
				fault.Route = "edits"
				s.Sim.Fail(fault)
				upload := s.Upload(t, harness.Opaque(t, 64, 64))
				edit := func(i int) int {
					s.EditPicture(t, fmt.Sprint("make it blue ", i), nil, *upload)
					return s.Sim.Requests().Routes["edits"]
				}
				first := edit(1)
				if again := edit(2); again != first {
					t.Errorf("the second edit asked %d times for edits, want none", again-first)
				}
				<-time.After(61 * time.Minute)
				if later := edit(3); later == first {
					t.Error("after an hour nobody asked whether edits are offered now")
				}
				if got := s.Charged(); got != "imagine imagine imagine" {
					t.Errorf("jobs = %q, want three imagines", got)
				}
			})
		})
	}
}

// TestAMaskThatNobodyOffersIsRefusedClearly.
func TestAMaskThatNobodyOffersIsRefusedClearly(t *testing.T) {
	for name, fault := range notHere("mj_edits") {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, simulator.Config{}, nil)
				fault.Route = "edits"
				s.Sim.Fail(fault)
				upload, mask := s.Upload(t, harness.Opaque(t, 64, 64)), s.Upload(t, harness.RightHalf(t, 64, 64))
				ticket, err := s.Edit(t.Context(), s.Attempt("/v1/images/edits", "mask"), adapter.Edit{Generation: harness.Generation("blue"), Mask: mask, Images: []adapter.Reference{*upload}})
				if err == nil {
					_, err = ticket.Wait(t.Context(), nil)
				}
				var e *adapter.Error
				if !errors.As(err, &e) || e.Kind != adapter.Unsupported || e.Param != "mask" {
					t.Errorf("the edit = %v, want it unsupported about the mask", err)
				}
				if got := s.Charged(); got != "" {
					t.Errorf("jobs = %q, want none", got)
				}
			})
		})
	}
}

// TestAVideoThatIsNotOfferedIsAnimated: by the picture's button; one that was
// not made here is refused.
func TestAVideoThatIsNotOfferedIsAnimated(t *testing.T) {
	for name, fault := range notHere("mj_video") {
		for _, known := range []bool{true, false} {
			t.Run(fmt.Sprint(name, " for a picture of ours ", known), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := harness.New(t, simulator.Config{}, nil)
					fault.Route = "video"
					s.Sim.Fail(fault)
					input, want := s.Upload(t, harness.Opaque(t, 64, 64)), ""
					if known {
						input, want = &adapter.Reference{Image: s.Draw(t, "a red fox", 1)[0].ID}, "imagine upscale video"
					}
					run, refused := s.MakeVideo(t, "video", adapter.VideoRequest{Generation: harness.Generation("it waves"), Input: input})
					if !known {
						if refused == nil || refused.Kind != adapter.Unsupported || refused.Param != "input_reference" || s.Charged() != "" {
							t.Errorf("the video = %v with jobs %q, want it unsupported about the picture", refused, s.Charged())
						}
						return
					}
					if refused != nil || len(run.Result.Videos) == 0 {
						t.Errorf("the video = %+v, %v; want a clip", run.Result, refused)
					}
					if got := s.Charged(); got != want {
						t.Errorf("jobs = %q, want %q", got, want)
					}
				})
			})
		}
	}
}

// TestAJobThatOneUpstreamDoesNotOfferIsDoneElsewhere.
func TestAJobThatOneUpstreamDoesNotOfferIsDoneElsewhere(t *testing.T) {
	for name, fault := range notHere("mj_edits") {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u, s, _ := harness.NewThree(t, map[string]int{"a": 1000000})
				fault.Route = "edits"
				u.Sims["a.test"].Fail(fault)
				u.Sims["b.test"].Fail(fault)
				upload, mask := s.Upload(t, harness.Opaque(t, 64, 64)), s.Upload(t, harness.RightHalf(t, 64, 64))
				s.EditPicture(t, "make it blue", mask, *upload)
				if u.Paid("a.test")+u.Paid("b.test") != 0 || u.Paid("c.test") != 1 {
					t.Errorf("paid %d, %d, %d; want one at the last", u.Paid("a.test"), u.Paid("b.test"), u.Paid("c.test"))
				}
			})
		})
	}
}
