package simulator

import (
	"fmt"
	"testing"
	"time"
)

const tinyPNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"

// TestDialects compares everything a dialect says along the main paths with a transcript. The
// transcripts were read against what the real servers were seen to answer.
func TestDialects(t *testing.T) {
	for name, run := range map[string]func(*script){
		"comet": cometScript, "trueai": trueaiScript, "partner": partnerScript, "newapi": newapiScript, "novicezk": novicezkScript,
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				dialect := Dialect(name)
				if name == "partner" {
					dialect = TrueAI
				}
				p := newScript(t, Config{Dialect: dialect, Key: "secret", Pixels: 64, Partner: name == "partner", MaxRunning: 2, MaxQueue: 1})
				run(p)
				p.compare(name + ".txt")
			})
		})
	}
}

func fetchPath(id string) string { return "/mj/task/" + id + "/fetch" }

func cometScript(p *script) {
	p.note("keys and routes")
	p.say("POST", "/mj/submit/imagine", `{"prompt":"a cat"}`)
	p.header.Set("Authorization", "Bearer secret")
	p.say("POST", "/mj/submit/nothing", `{}`)
	p.note("refusals")
	for _, route := range []string{"imagine", "action", "modal", "blend", "describe", "shorten", "video", "edits", "change", "simple-change"} {
		p.say("POST", "/mj/submit/"+route, `{}`)
	}
	p.say("POST", "/mj/submit/imagine", `{"prompt":5}`)
	p.say("POST", "/mj/submit/action", `{"taskId":"1","customId":"MJ::JOB::upsample::1::x"}`)
	p.say("POST", "/mj/submit/modal", `{"taskId":"1"}`)
	p.say("POST", "/mj/submit/blend", fmt.Sprintf(`{"base64Array":[%q]}`, tinyPNG))
	p.say("GET", fetchPath("1"), "")
	p.say("GET", "/mj/image/0", "")
	p.say("POST", "/mj/task/list-by-condition", `{"ids":[1768464763141701]}`)
	p.say("POST", "/mj/task/list-by-condition", `{}`)
	p.note("imagine")
	got := p.say("POST", "/mj-fast/mj/submit/imagine", `{"botType":"MID_JOURNEY","prompt":"a lighthouse in a storm --ar 3:2 --v 7","base64Array":[],"state":"req-7f31"}`)
	id, _ := got.object(p.t)["result"].(string)
	p.say("GET", fetchPath(id), "")
	pass(300 * time.Millisecond)
	p.say("GET", fetchPath(id), "")
	pass(3 * time.Second)
	p.say("GET", fetchPath(id), "")
	p.say("POST", "/mj/submit/action", fmt.Sprintf(`{"taskId":%q,"customId":"MJ::JOB::upsample::1::x"}`, id))
	grid := p.finish(id)
	p.say("GET", fetchPath(id), "")
	p.say("GET", "/mj/task/"+id+"/image-seed", "")
	p.say("POST", "/mj/submit/action", fmt.Sprintf(`{"taskId":%q,"customId":"MJ::JOB::upsample::1::x"}`, id))
	p.note("U, region, list")
	got = p.say("POST", "/mj/submit/action", fmt.Sprintf(`{"taskId":%q,"customId":%q}`, id, customID(p.t, grid, "upsample::2")))
	up, _ := got.object(p.t)["result"].(string)
	single := p.finish(up)
	p.say("GET", fetchPath(up), "")
	got = p.say("POST", "/mj/submit/action", fmt.Sprintf(`{"taskId":%q,"customId":%q}`, up, customID(p.t, single, "Inpaint")))
	dialog, _ := got.object(p.t)["result"].(string)
	p.say("GET", fetchPath(dialog), "")
	got = p.say("POST", "/mj/submit/modal", fmt.Sprintf(`{"taskId":%q,"prompt":"a boat","maskBase64":%q}`, dialog, whiteMask(84, 56, 0)))
	after, _ := got.object(p.t)["result"].(string)
	p.finish(after)
	p.say("POST", "/mj/task/list-by-condition", fmt.Sprintf(`{"ids":[%q,%q,"0000000000000000"]}`, dialog, after))
	p.note("queue: two run, one waits, the next is refused")
	for _, prompt := range []string{"one", "two", "three", "four", "five"} {
		p.say("POST", "/mj/submit/imagine", fmt.Sprintf(`{"prompt":"%s"}`, prompt))
	}
	pass(time.Minute)
	p.note("failures")
	for _, prompt := range []string{"a nude body", "a cat --oref2 3", "a cat --ar 16x9"} {
		id = p.submit("/mj/submit/imagine", fmt.Sprintf(`{"prompt":%q}`, prompt))
		p.finish(id)
		p.say("GET", fetchPath(id), "")
	}
	p.note("describe, shorten, video, upload")
	got = p.say("POST", "/mj/submit/describe", fmt.Sprintf(`{"base64":%q,"botType":"MID_JOURNEY"}`, tinyPNG))
	id, _ = got.object(p.t)["result"].(string)
	p.finish(id)
	p.say("GET", fetchPath(id), "")
	id = p.submit("/mj/submit/shorten", `{"prompt":"a very long and winding description of a small house"}`)
	p.finish(id)
	p.say("GET", fetchPath(id), "")
	got = p.say("POST", "/mj/submit/video", fmt.Sprintf(`{"prompt":"waves","image":%q,"motion":"low","batchSize":2}`, tinyPNG))
	id, _ = got.object(p.t)["result"].(string)
	p.finish(id)
	p.say("GET", fetchPath(id), "")
	p.say("POST", "/mj/submit/upload-discord-images", fmt.Sprintf(`{"base64Array":[%q]}`, tinyPNG))
	p.note("another key sees nothing, but this simulator has one key")
	p.header.Set("Authorization", "Bearer other")
	p.say("GET", fetchPath(up), "")
}

func trueaiScript(p *script) {
	p.note("keys and routes")
	p.say("POST", "/mj/submit/imagine", `{"prompt":"a cat"}`)
	p.header.Set("Authorization", "Bearer secret")
	p.say("POST", "/mj/submit/imagine", `{"prompt":"a cat"}`)
	p.header.Set("Authorization", "secret")
	p.say("POST", "/mj/submit/change", `{}`)
	p.note("refusals")
	for _, route := range []string{"imagine", "action", "modal", "blend", "describe", "shorten", "video", "edits", "edit", "retexture"} {
		p.say("POST", "/mj/submit/"+route, `{}`)
	}
	p.say("POST", "/mj/submit/imagine", `{"prompt":5}`)
	p.say("POST", "/mj/submit/action", `{"taskId":"1","customId":"MJ::JOB::upsample::1::x"}`)
	p.say("POST", "/mj/submit/modal", `{"taskId":"1"}`)
	p.say("POST", "/mj/submit/describe", `{"link":"ftp://x"}`)
	p.say("POST", "/mj/submit/edits", fmt.Sprintf(`{"prompt":"x","image":%q}`, tinyPNG))
	p.say("GET", fetchPath("1"), "")
	p.say("POST", "/mj/task/list-by-ids", `{"ids":[1]}`)
	p.note("imagine")
	got := p.say("POST", "/mj-turbo/mj/submit/imagine", `{"prompt":"a lighthouse in a storm --ar 3:2 --v 7","state":"s","notifyHook":""}`)
	id, _ := got.object(p.t)["result"].(string)
	for range 3 {
		p.say("GET", fetchPath(id), "")
		pass(600 * time.Millisecond)
	}
	grid := p.finish(id)
	p.say("GET", fetchPath(id), "")
	up := p.press(grid, "upsample::2")
	single := p.finish(up)
	p.say("GET", fetchPath(up), "")
	p.note("the dialog keeps its id and lingers")
	got = p.say("POST", "/mj/submit/action", fmt.Sprintf(`{"taskId":%q,"customId":%q}`, up, customID(p.t, single, "CustomZoom")))
	dialog, _ := got.object(p.t)["result"].(string)
	p.say("GET", fetchPath(dialog), "")
	p.say("POST", "/mj/submit/modal", fmt.Sprintf(`{"taskId":%q,"prompt":"a lighthouse --zoom 1.8 --v 7"}`, dialog))
	pass(500 * time.Millisecond)
	p.say("GET", fetchPath(dialog), "")
	p.finish(dialog)
	p.say("POST", "/mj/submit/modal", fmt.Sprintf(`{"taskId":%q,"prompt":"again --zoom 2"}`, dialog))
	p.note("queue")
	for _, prompt := range []string{"one", "two", "three", "four"} {
		p.say("POST", "/mj/submit/imagine", fmt.Sprintf(`{"prompt":"%s"}`, prompt))
	}
	pass(time.Minute)
	p.note("banned later, cancel, seed, everybody's list")
	id = p.submit("/mj/submit/imagine", `{"prompt":"a nude body"}`)
	p.finish(id)
	p.say("GET", fetchPath(id), "")
	id = p.submit("/mj/submit/imagine", `{"prompt":"a tree"}`)
	p.say("POST", "/mj/task/"+id+"/cancel", "")
	p.say("GET", fetchPath(id), "")
	p.say("GET", "/mj/task/"+id+"/image-seed", "")
	p.say("GET", "/mj/task/"+up+"/image-seed", "")
	p.say("GET", "/mj/task/1/image-seed", "")
}

func partnerScript(p *script) {
	p.header.Set("Mj-Api-Secret", "secret")
	id := p.submit("/mj/submit/imagine", `{"prompt":"a red boat on a lake"}`)
	grid := p.finish(id)
	p.say("GET", fetchPath(id), "")
	p.note("U is done at once")
	up := p.press(grid, "upsample::3")
	p.say("GET", fetchPath(up), "")
	p.note("edits are possible")
	got := p.say("POST", "/mj/submit/edits", fmt.Sprintf(`{"prompt":"a blue sky","image":%q}`, tinyPNG))
	id, _ = got.object(p.t)["result"].(string)
	p.finish(id)
	p.say("GET", fetchPath(id), "")
	id = p.submit("/mj/submit/video", fmt.Sprintf(`{"prompt":"waves","image":%q}`, tinyPNG))
	p.finish(id)
	p.say("GET", fetchPath(id), "")
}

func newapiScript(p *script) {
	p.note("keys and routes")
	p.say("POST", "/mj/submit/imagine", `{"prompt":"a cat"}`)
	p.header.Set("Mj-Api-Secret", "sk-secret-12")
	p.header.Set("Authorization", "Bearer midjourney-proxy")
	p.say("GET", "/mj/task/list", "")
	p.note("refusals")
	for _, route := range []string{"imagine", "action", "modal", "video", "edits", "simple-change"} {
		p.say("POST", "/mj/submit/"+route, `{}`)
	}
	p.say("POST", "/mj/submit/imagine", `{"prompt":5}`)
	p.say("POST", "/mj/submit/imagine", `{"prompt":"nude"}`)
	p.say("POST", "/mj/submit/action", `{"taskId":"1","customId":"MJ::JOB::animate_high::1::x::SOLO"}`)
	p.say("POST", "/mj/submit/action", `{"taskId":"1","customId":"MJ::BOOKMARK::x"}`)
	p.say("POST", "/mj/submit/action", `{"taskId":"1","customId":"nonsense"}`)
	p.say("POST", "/mj/submit/action", `{"taskId":"1","customId":"MJ::JOB::upsample::1::x"}`)
	p.say("GET", fetchPath("1"), "")
	p.note("a copy that is refreshed every 15 s")
	got := p.say("POST", "/mj/submit/imagine", `{"prompt":"a lighthouse","state":"s","notifyHook":"http://127.0.0.1:1/"}`)
	id, _ := got.object(p.t)["result"].(string)
	p.say("GET", fetchPath(id), "")
	pass(14 * time.Second)
	p.say("GET", fetchPath(id), "")
	p.say("POST", "/mj/submit/action", fmt.Sprintf(`{"taskId":%q,"customId":"MJ::JOB::upsample::1::x"}`, id))
	pass(time.Second)
	p.say("GET", fetchPath(id), "")
	grid := p.task(id)
	p.say("GET", "/mj/task/"+id+"/image-seed", "")
	up := p.press(grid, "upsample::1")
	single := p.finish(up)
	p.note("region keeps 21; two rows after the modal")
	got = p.say("POST", "/mj/submit/action", fmt.Sprintf(`{"taskId":%q,"customId":%q}`, up, customID(p.t, single, "Inpaint")))
	dialog, _ := got.object(p.t)["result"].(string)
	p.say("POST", "/mj/submit/modal", fmt.Sprintf(`{"taskId":%q,"prompt":"a boat","maskBase64":%q}`, dialog, whiteMask(64, 64, 0)))
	for range 5 {
		p.say("POST", "/mj/task/list-by-condition", fmt.Sprintf(`{"ids":[%q]}`, dialog))
		pass(10 * time.Second)
	}
	p.note("22 becomes 1, a full queue is 23")
	for _, prompt := range []string{"one", "two", "three", "four"} {
		p.say("POST", "/mj/submit/imagine", fmt.Sprintf(`{"prompt":"%s"}`, prompt))
	}
	pass(time.Minute)
	p.note("describe has its text in promptEn only; a failure")
	id = p.submit("/mj/submit/describe", fmt.Sprintf(`{"base64":%q}`, tinyPNG))
	p.finish(id)
	p.say("GET", fetchPath(id), "")
	id = p.submit("/mj/submit/imagine", `{"prompt":"sim-fail"}`)
	p.finish(id)
	p.say("GET", fetchPath(id), "")
}

func novicezkScript(p *script) {
	p.note("keys and routes")
	p.say("POST", "/mj/submit/imagine", `{"prompt":"a cat"}`)
	p.header.Set("Mj-Api-Secret", "secret")
	p.say("POST", "/mj/submit/action", `{}`)
	p.note("refusals")
	for _, route := range []string{"imagine", "blend", "describe", "change", "simple-change"} {
		p.say("POST", "/mj/submit/"+route, `{}`)
	}
	p.say("POST", "/mj/submit/imagine", `nonsense`)
	p.say("POST", "/mj/submit/imagine", `{"prompt":"nude body"}`)
	p.say("POST", "/mj/submit/change", `{"taskId":"1","action":"UPSCALE","index":1}`)
	p.say("GET", fetchPath("1"), "")
	p.note("imagine, change, the same change again")
	got := p.say("POST", "/mj/submit/imagine", `{"prompt":"a lighthouse --v 6.1","state":"s"}`)
	id, _ := got.object(p.t)["result"].(string)
	p.say("GET", fetchPath(id), "")
	p.say("POST", "/mj/submit/change", fmt.Sprintf(`{"taskId":%q,"action":"UPSCALE","index":2}`, id))
	p.finish(id)
	p.say("GET", fetchPath(id), "")
	got = p.say("POST", "/mj/submit/change", fmt.Sprintf(`{"taskId":%q,"action":"UPSCALE","index":2}`, id))
	up, _ := got.object(p.t)["result"].(string)
	p.finish(up)
	p.say("GET", fetchPath(up), "")
	p.say("POST", "/mj/submit/change", fmt.Sprintf(`{"taskId":%q,"action":"UPSCALE","index":2}`, id))
	p.say("POST", "/mj/submit/simple-change", fmt.Sprintf(`{"content":"%s V3"}`, id))
	p.say("POST", "/mj/submit/simple-change", fmt.Sprintf(`{"content":"%s R"}`, id))
	p.say("POST", "/mj/submit/imagine", `{"prompt":"three"}`)
	p.say("POST", "/mj/submit/imagine", `{"prompt":"four"}`)
	p.say("GET", "/mj/task/queue", "")
}
