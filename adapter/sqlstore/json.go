package sqlstore

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
)

// asJSON is a value as a JSON parameter: NULL for nothing.
type asJSON struct{ of any }

// Value implements driver.Valuer.
func (j asJSON) Value() (driver.Value, error) {
	if raw, ok := j.of.(json.RawMessage); ok {
		if len(raw) == 0 {
			return nil, nil //nolint:nilnil // NULL
		}
		return string(raw), nil
	}
	if r := reflect.ValueOf(j.of); (r.Kind() == reflect.Pointer || r.Kind() == reflect.Slice) && r.IsNil() {
		return nil, nil //nolint:nilnil // NULL
	}
	b, err := json.Marshal(j.of)
	return string(b), err
}

// inJSON reads a JSON column into what it points at: a value, a pointer to one, or a json.RawMessage.
type inJSON struct{ to any }

// Scan implements sql.Scanner.
func (j inJSON) Scan(v any) error {
	var b []byte
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		b = []byte(v)
	case []byte:
		b = append(b, v...) // the driver's own buffer
	default:
		return fmt.Errorf("JSON of type %T", v)
	}
	if raw, ok := j.to.(*json.RawMessage); ok {
		*raw = b
		return nil
	}
	return json.Unmarshal(b, j.to)
}
