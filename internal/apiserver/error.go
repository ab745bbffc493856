package apiserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Error is an answer of the API server that is none of success.
type Error struct {
	Code int
	// Reason is the API server's word for it, such as AlreadyExists. Message is what it
	// says to people, as it came. Both are empty where the answer is no Status.
	Reason, Message string
	// Ending says that the namespace of the object is on its way out.
	Ending bool

	after time.Duration // it is not to be asked again before
}

// longestMessage is how much of a message an error repeats.
const longestMessage = 500

// Error says what the API server answered.
func (e *Error) Error() string {
	message := cut(strings.Join(strings.Fields(e.Message), " "), longestMessage)
	switch {
	case message == "" && e.Code/100 == 3:
		return fmt.Sprintf("the API server answered %s, which leads elsewhere, and no API server's answer does: see its address, and what is between here and there", e.status())
	case message == "":
		return "the API server answered " + e.status()
	case e.ByAdmission():
		return message // it says who refuses
	case e.lacks():
		return "it is forbidden: " + message
	}
	return fmt.Sprintf("the API server answered %d: %s", e.Code, message)
}

func (e *Error) status() string {
	return strings.TrimSpace(strconv.Itoa(e.Code) + " " + http.StatusText(e.Code))
}

// lacks tells whether who asks has not the right to what was asked for. Admission
// refuses by the same code, whatever rights there are.
func (e *Error) lacks() bool {
	return e.Code == http.StatusForbidden && !e.Ending && !e.ByAdmission()
}

// ByAdmission tells whether an object was refused for what it is.
func (e *Error) ByAdmission() bool {
	return strings.HasPrefix(e.Message, "admission webhook ") || strings.HasPrefix(e.Message, "ValidatingAdmissionPolicy ")
}

// Code returns the code by which the API server refused; zero where an error is no
// answer of it.
func Code(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return 0
}

// IsNotFound tells whether there is no such object, or no such kind.
func IsNotFound(err error) bool { return Code(err) == http.StatusNotFound }

// IsConflict tells whether the object is not as it was read any more, or is there
// already.
func IsConflict(err error) bool { return Code(err) == http.StatusConflict }

// LacksRight tells whether who asks has not the right to what was asked for.
func LacksRight(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.lacks()
}

func answered(err error) bool { return Code(err) != 0 }

// errorOf reads an answer that is none of success.
func errorOf(resp *http.Response, answer []byte) error {
	e := &Error{Code: resp.StatusCode, after: busyPause}
	if seconds, err := strconv.ParseUint(resp.Header.Get("Retry-After"), 10, 16); err == nil && seconds > 0 {
		e.after = time.Duration(seconds) * time.Second
	}
	var status struct {
		Message string `json:"message"`
		Reason  string `json:"reason"`
		Details struct {
			Causes []struct {
				Reason string `json:"reason"`
			} `json:"causes"`
		} `json:"details"`
	}
	if json.Unmarshal(answer, &status) != nil {
		return e
	}
	e.Message, e.Reason = status.Message, status.Reason
	for _, c := range status.Details.Causes {
		e.Ending = e.Ending || c.Reason == "NamespaceTerminating"
	}
	return e
}

// cut shortens a text, at the border of a character.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	at := most
	for at > 0 && !utf8.RuneStart(text[at]) {
		at--
	}
	return text[:at] + "…"
}
