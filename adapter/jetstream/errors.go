package jetstream

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"midgate/adapter"
)

// unavailable is the public sentence of every failure of the engine.
const unavailable = "The state of midgate cannot be read or written at the moment. Please try again later."

// failure turns an error of the engine into what the ports promise: the caller's own context error if that is why,
// else a Storage *Error with the cause.
func failure(ctx context.Context, verb string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", verb, context.Cause(ctx))
	}
	if _, known := errors.AsType[*adapter.Error](err); known {
		return err
	}
	return adapter.Wrap(adapter.Storage, fmt.Errorf("%s: %w", verb, err), unavailable)
}

// missing reports whether there is no value under a key: never was, was deleted, or cannot be a key at all.
func missing(err error) bool {
	return errors.Is(err, jetstream.ErrKeyNotFound) || errors.Is(err, jetstream.ErrKeyDeleted) || errors.Is(err, jetstream.ErrInvalidKey)
}

// conflicting reports whether somebody else wrote the key since the expected revision, or is just writing it.
func conflicting(err error) bool {
	var api *jetstream.APIError
	if errors.As(err, &api) && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant) {
		return true
	}
	return errors.Is(err, jetstream.ErrKeyExists) || errors.Is(err, jetstream.ErrKeyRevisionMismatch)
}
