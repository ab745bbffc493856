package juju

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/go-macaroon-bakery/macaroon-bakery/v3/httpbakery"
	"github.com/juju/juju/api"
	"github.com/juju/juju/rpc"
	"github.com/juju/juju/rpc/params"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// jujuEvidence is what a controller carries of a model.
func jujuEvidence() []snapshot.Evidence {
	return []snapshot.Evidence{
		snapshot.JujuApplications, snapshot.JujuRelations, snapshot.JujuConfig, snapshot.JujuOffers,
		snapshot.JujuUnits, snapshot.JujuStatuses, snapshot.JujuSecrets,
	}
}

// facadeError is a part of Juju's API that the controller does not have, or
// not in a version that this program speaks.
type facadeError struct{ facade, server string }

func (e *facadeError) Error() string {
	return fmt.Sprintf("the controller (Juju %s) has no facade %s that this version speaks: Juju 3.6 and 4 are read", e.server, e.facade)
}

// passing tells whether a login that failed may succeed when it is tried again.
func passing(err error) bool {
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return !isCertificate(err)
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, rpc.ErrShutdown) ||
		params.ErrCode(err) == params.CodeTryAgain
}

// isCertificate tells whether the controller is not the one that the CA
// certificate is of.
func isCertificate(err error) bool {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return true
	}
	_, ok := errors.AsType[x509.CertificateInvalidError](err)
	return ok
}

// reason says why something could not be read, and what to do.
func (r *reading) reason(t *target, err error) string {
	code := params.ErrCode(err)
	said := plain(err)
	moved := new(api.RedirectError)
	facade := new(facadeError)
	switch {
	case r.cancelled():
		return "the reading was cancelled: run again"
	case errors.Is(err, errTimeLimit):
		return fmt.Sprintf("the time limit of %v was over: give it more time, or name fewer models", r.options.TimeLimit)
	case errors.Is(err, errRequestLimit):
		return fmt.Sprintf("the controller did not answer within %v: see that it is well ('juju status -m controller'), and run again", r.options.RequestLimit)
	case errors.As(err, &facade):
		return facade.Error()
	case errors.As(err, &moved):
		where := ""
		if moved.ControllerAlias != "" {
			where = " " + moved.ControllerAlias
		}
		return "the model has moved to another controller" + where + ": log in there and name that controller"
	case isInteraction(err):
		return "the controller wants a login that needs a browser or a password: " + t.account.again
	case strings.Contains(said, "cannot get discharge"):
		return "the identity provider did not let the login pass (" + said + "): " + t.account.again
	case isCertificate(err):
		return said + ": its CA certificate is not the one that is given here: see that the address is the controller's, and " + t.account.again
	case code == params.CodeModelNotFound, code == params.CodeNotFound && strings.Contains(said, "model"):
		return "the model is gone or going (" + said + "): run again"
	case code == params.CodeNotFound:
		return "it is gone or going (" + said + "): run again"
	case isPermission(err, code):
		return fmt.Sprintf("%s may not read it (%s): a controller's admin lets the user with 'juju grant USER read MODEL'", t.account.who(), said)
	case code == params.CodeUnauthorized, code == params.CodeNoCreds, code == params.CodeLoginExpired, code == params.CodeSessionTokenInvalid:
		return fmt.Sprintf("the controller does not accept the login of %s (%s): %s", t.account.who(), said, t.account.again)
	case code == params.CodeNotImplemented:
		return "the controller does not know the request (" + said + "): Juju 3.6 and 4 are read"
	case code == params.CodeUpgradeInProgress, code == params.CodeMigrationInProgress, code == params.CodeTryAgain:
		return said + ": run again when it is done"
	case code != "":
		return "the controller answered: " + said
	case errors.Is(err, rpc.ErrShutdown), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection broke (" + said + "): see that the controller is well, and run again"
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return said + ": see that the controller can be reached from here, and run again"
	}
	if _, ok := errors.AsType[*rpc.RequestError](err); ok {
		return "the controller answered: " + said
	}
	return said
}

// who names an account in a sentence.
func (a account) who() string {
	switch {
	case a.clientID != "":
		return "service account " + a.clientID
	case a.user != "":
		return "user " + a.user
	}
	return "the user"
}

// isInteraction tells whether a login needs somebody to answer.
func isInteraction(err error) bool {
	if _, ok := errors.AsType[*httpbakery.InteractionError](err); ok {
		return true
	}
	return strings.Contains(err.Error(), "interaction required")
}

// isPermission tells whether the account is known and may not do this. Juju
// says so with the code of a login that it refuses, too.
func isPermission(err error, code string) bool {
	return code == params.CodeForbidden || code == params.CodeAccessRequired ||
		strings.HasSuffix(strings.TrimSuffix(err.Error(), " (unauthorized access)"), "permission denied")
}

// plain makes an error of the library or the controller a part of a sentence.
func plain(err error) string {
	text := strings.Join(strings.Fields(snapshot.RedactText(err.Error())), " ")
	const most = 300
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return strings.TrimRight(text, ".")
}
