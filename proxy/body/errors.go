package body

import (
	"context"
	"errors"
	"net/http"

	"midgate/adapter"
)

// Kinds of what can be wrong with a body and with no other part of a request.
const (
	ClientGone    adapter.Kind = "client_closed"  // the client closed the connection
	WrongEncoding adapter.Kind = "wrong_encoding" // a body is compressed in a way that is not understood
)

// Typed finds the *adapter.Error in err, or makes the one that err means.
func Typed(err error) *adapter.Error {
	var e *adapter.Error
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &e):
		return e
	case errors.As(err, &tooLarge):
		return adapter.Errorf(adapter.TooLarge, "The request body is larger than the %d bytes that are allowed.", tooLarge.Limit)
	case errors.Is(err, context.Canceled):
		return &adapter.Error{Kind: ClientGone, Message: "The client closed the connection."}
	default:
		return &adapter.Error{Kind: adapter.Internal, Err: err}
	}
}

// Blame names the parameter of an error that does not know it, or knows a picture's ID only.
func Blame(err error, param string) error {
	e := new(adapter.Error)
	if err == nil {
		return nil
	}
	if own := Typed(err); own.Kind != adapter.Internal {
		*e = *own
		if (e.Param == "" || e.Param == "id") && e.Kind != ClientGone {
			e.Param = param
		}
		return e
	}
	return err
}
