package native

import (
	"reflect"

	"midgate/adapter"
)

// nativeDecided are the members that no client chooses: the path decides the speed, state is midgate's own tag, and tools
// makes an origin fetch somebody else's task from an address.
var nativeDecided = []string{"state", "mode", "modes", "speed", "tools"}

// nativeTexts are the members that are texts. A number in their place is refused: some servers would read it as one.
var nativeTexts = []string{"prompt", "taskId", "customId", "state", "notifyHook", "content", "action"}

// spell gives every member its one name, and refuses those that have two values, since servers differ in which of them
// counts. Members that are null are absent.
func spell(fields map[string]any) (map[string]any, error) {
	spelt := make(map[string]any, len(fields))
	for name, value := range fields {
		if value == nil {
			continue
		}
		known := adapter.NativeName(name)
		if other, twice := spelt[known]; twice && !reflect.DeepEqual(other, value) {
			return nil, adapter.BadParam(known, "invalid_value", "%s is there twice with different values.", known)
		}
		spelt[known] = value
	}
	for _, name := range nativeTexts {
		if _, isText := spelt[name].(string); spelt[name] != nil && !isText {
			return nil, adapter.BadParam(name, "invalid_type", "%s must be a string.", name)
		}
	}
	return spelt, withoutSpeed(spelt)
}

// withoutSpeed takes the speed out of the wishes for an account.
func withoutSpeed(fields map[string]any) error {
	wishes, given := fields["accountFilter"]
	if !given {
		return nil
	}
	filter, ok := wishes.(map[string]any)
	if !ok {
		return adapter.BadParam("accountFilter", "invalid_type", "accountFilter must be an object.")
	}
	for name := range filter {
		switch adapter.NativeName(name) {
		case "mode", "modes", "speed":
			delete(filter, name)
		}
	}
	return nil
}
