package kube

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// What ends a request from this side.
var (
	errTimeLimit    = errors.New("the time limit was over")
	errCancelled    = errors.New("the reading was cancelled")
	errRequestLimit = errors.New("the API server did not answer in time")
)

// failure is a list, or an object, that was not read in whole.
type failure struct {
	kind      kind
	namespace string // empty for the cluster
	verb      string // list, or get
	name      string // of the object to get
	err       error
}

// settled tells whether a request that did not reach the API server fails again
// however often it is sent.
func settled(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return dns.IsNotFound
	}
	// A credential plugin that is not there, or says no.
	return strings.Contains(err.Error(), "getting credentials: ")
}

// absent tells whether the API server itself says that there is no such object.
// A 404 in other words than its own comes from something in between.
func absent(err error) bool {
	status, answered := errors.AsType[*apierrors.StatusError](err)
	if !answered || !apierrors.IsNotFound(err) {
		return false
	}
	details := status.Status().Details
	return details == nil || !slices.ContainsFunc(details.Causes, func(c metav1.StatusCause) bool {
		return c.Type == metav1.CauseTypeUnexpectedServerResponse
	})
}

// unreachable tells whether nothing at all can be read: there is no API server,
// or it does not know who asks.
func unreachable(err error) bool {
	_, answered := errors.AsType[*apierrors.StatusError](err)
	return !answered || apierrors.IsUnauthorized(err)
}

// gapsOf makes the gaps of what was not read, one for each kind and reason.
func gapsOf(source string, failures []failure, o Options) []snapshot.Gap {
	var gaps []snapshot.Gap
	where := map[string]int{} // a gap's index, by kind and reason
	var spaces [][]string
	for _, f := range failures {
		reason := f.reason(o)
		key := strings.Join([]string{f.verb, f.kind.group, f.kind.resource, f.name, reason, fmt.Sprint(f.namespace == "")}, "\x00")
		at, known := where[key]
		if !known {
			at = len(gaps)
			where[key] = at
			gaps = append(gaps, snapshot.Gap{Source: source, Reason: reason})
			spaces = append(spaces, nil)
		}
		g := &gaps[at]
		for _, e := range f.evidence() { // Services tell of models, and of kube-system
			if !slices.Contains(g.Evidence, e) {
				g.Evidence = append(g.Evidence, e)
			}
		}
		if f.namespace != "" && !slices.Contains(spaces[at], f.namespace) {
			spaces[at] = append(spaces[at], f.namespace)
		}
		g.What = f.what(spaces[at])
		if apierrors.IsForbidden(f.err) {
			g.Reason = reason + within(spaces[at]) + "; deploy/rbac.yaml has every rule that is needed"
			if f.hidesModels() {
				g.Reason += ", or name the namespaces to read"
			}
		}
	}
	return gaps
}

// what says what was being read.
func (f failure) what(spaces []string) string {
	what := "listing " + f.kind.resource
	if strings.Contains(f.kind.group, ".") { // several groups have networkpolicies
		what += "." + f.kind.group
	}
	switch {
	case f.verb == "get" && f.kind.resource == "namespaces":
		what = "reading Namespace " + f.name
	case f.verb == "get":
		what = "reading " + f.kind.kind + " " + f.name
	}
	return what + within(spaces)
}

func within(spaces []string) string {
	switch {
	case len(spaces) == 0:
		return ""
	case len(spaces) == 1:
		return " in namespace " + spaces[0]
	}
	return " in namespaces " + listed(spaces)
}

// reason says why something was not read, and what to do.
func (f failure) reason(o Options) string {
	err := f.err
	status, answered := errors.AsType[*apierrors.StatusError](err)
	switch {
	case errors.Is(err, errTimeLimit):
		return fmt.Sprintf("the time limit of %v was over: give it more time, or fewer namespaces", o.TimeLimit)
	case errors.Is(err, errRequestLimit):
		return fmt.Sprintf("the API server did not answer within %v, %d times: see that it is well, and run again", o.RequestLimit, attempts)
	case errors.Is(err, errCancelled):
		return "the reading was cancelled: run again"
	case apierrors.IsForbidden(err):
		return f.forbidden(status.Status().Message)
	case apierrors.IsUnauthorized(err):
		return "the API server does not accept the credentials: log in again, or choose another context"
	case f.verb == "get" && absent(err):
		return "there is none of that name in the cluster: see how it is spelt, and which context is chosen"
	case apierrors.IsTooManyRequests(err):
		return fmt.Sprintf("the API server was too busy to answer, %d times: run again later", attempts)
	case answered && status.Status().Code >= 500:
		return fmt.Sprintf("the API server failed with %d, %d times: %s: see that it is well, and run again",
			status.Status().Code, attempts, plain(status.Status().Message))
	case answered:
		return fmt.Sprintf("the API server answered %d: %s: see that the context leads to a Kubernetes API server",
			status.Status().Code, plain(status.Status().Message))
	}
	if _, ok := errors.AsType[unreadable](err); ok {
		return err.Error()
	}
	return unanswered(err)
}

// forbidden names the rule of RBAC that is missing; gapsOf adds where.
func (f failure) forbidden(message string) string {
	who := "the user"
	if found := regexp.MustCompile(`(?i)user "([^"]+)"`).FindStringSubmatch(message); found != nil {
		who = "user " + found[1]
	}
	rule := fmt.Sprintf("apiGroups: [%q], resources: [%q], verbs: [%q]", f.kind.group, f.kind.resource, f.verb)
	if f.verb == "get" {
		rule += fmt.Sprintf(", resourceNames: [%q]", f.name)
	}
	return fmt.Sprintf("it is forbidden to %s: RBAC lacks {%s}", who, rule)
}

// unanswered says why there was no answer, or none that can be read.
func unanswered(err error) string {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fmt.Sprintf("the answer has more than %d MiB, which no API server's has", tooLarge.Limit>>20)
	}
	if at, ok := errors.AsType[*url.Error](err); ok {
		err = at.Err // the address is the source's
	}
	reason := plain(err.Error())
	switch {
	case settled(err):
		return reason + ": see the cluster's and the user's part of the kubeconfig"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Sprintf("the answer broke off, %d times (%s): see what is between here and the API server, and run again", attempts, reason)
	}
	return fmt.Sprintf("%s, %d times: see that the API server can be reached from here, and run again", reason, attempts)
}

// plain makes an error of others' a part of a sentence.
func plain(text string) string {
	text = strings.Join(strings.Fields(snapshot.RedactText(text)), " ")
	const most = 300
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return strings.TrimRight(text, ".")
}
