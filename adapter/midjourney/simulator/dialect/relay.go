package dialect

import "midgate/adapter/midjourney/simulator/reply"

// relayErrorJSON is what a relay answers when its own checks of a submission or task refuse it.
type relayErrorJSON struct {
	Description string `json:"description"`
	Type        string `json:"type"`
	Code        int    `json:"code"`
}

// RelayError writes the trailing blank that the relays write.
func RelayError(status, code int, description string) reply.Reply {
	return reply.JSON(status, relayErrorJSON{description + " ", "upstream_error", code})
}

// openaiErrorJSON is what the layer in front of a relay answers, which checks keys and chooses channels.
type openaiErrorJSON struct {
	Error openaiErrorBody `json:"error"`
}

type openaiErrorBody struct {
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param,omitempty"`
	Code    string  `json:"code"`
}

// refuseRelay words a problem as the new-api family does.
func refuseRelay(p Problem, detail string) reply.Reply {
	if text, ok := relayWords[p]; ok {
		return RelayError(400, 4, text)
	}
	return RefuseOrigin(p, detail)
}

// relayWords are the descriptions of the relay's own checks.
var relayWords = map[Problem]string{
	BadBody: "bind_request_body_failed", NoPrompt: "prompt_is_required", NoTaskID: "task_id_is_required",
	NoCustomID: "custom_id_is_required", NoIndex: "index_is_required", NoAction: "action_is_required",
	NoContent: "content_is_required", ParentUnknown: "task_not_found", ParentUnfinished: "task_status_not_success",
	ModalUnknown: "task_not_found",
}

// checkRelayAction is what a relay itself wants of an action.
func checkRelayAction(id, customID string) (Problem, string) {
	switch {
	case id == "":
		return NoTaskID, ""
	case customID == "":
		return NoCustomID, ""
	}
	return "", ""
}
