package body

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"midgate/adapter"
)

// Deploy lets a deployment, which Azure's paths name, decide the model. Azure's clients send a body without a model, or
// with one that they make up (LangChain: gpt-3.5-turbo); people call their deployments as they like. So the deployment
// counts if it is a model's name here, else the body's model does. anyModel says that the route takes whatever model is
// named, as that of a response, which only talks. model fails for a name that is nobody's.
func (p *Body) Deploy(model func(name string) error, deployment string, anyModel bool) error {
	named := p.Fields["model"]
	body := strings.TrimSpace(named.String())
	if named.Type == gjson.JSON || body == deployment {
		return nil
	}
	if model(deployment) != nil {
		if anyModel || body != "" && model(body) == nil {
			return nil
		}
		also := ""
		if body != "" {
			also = ", nor is the body's model '" + Excerpt(body) + "'"
		}
		return UnknownDeployment(deployment, also, "model")
	}
	text, err := json.Marshal(deployment)
	if err != nil {
		return err
	}
	p.Fields["model"] = gjson.ParseBytes(text)
	inner := p.Sum
	p.Sum = func() string { // the same words for another model are another request
		sum := sha256.Sum256([]byte(inner() + "\x00" + deployment))
		return hex.EncodeToString(sum[:])
	}
	return nil
}

// UnknownDeployment refuses a deployment that is no model here; also goes on from there, and param is where it was named.
func UnknownDeployment(name, also, param string) error {
	return &adapter.Error{Kind: adapter.NotFound, Code: "model_not_found", Param: param,
		Message: "The deployment '" + Excerpt(name) + "' is no model here" + also +
			". Name it midjourney, or have MIDGATE_MODEL_ALIASES send it to one, such as " + Excerpt(name) + "=midjourney."}
}
