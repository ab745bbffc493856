package server_test

import (
	"context"
	"reflect"
	"sync"
	"unsafe"

	"github.com/juju/juju/apiserver/authentication"
	"github.com/juju/juju/apiserver/stateauthenticator"
	"github.com/juju/juju/core/model"
	"github.com/juju/juju/core/objectstore"
	"github.com/juju/juju/internal/services"
)

// kept is what was made for each model. The suite opens a model's database anew for
// whoever asks for its services, several times for each connection, brings its schema
// up to date each time, and closes none before the end. A controller opens it once.
type kept[T any] struct {
	lock sync.Mutex
	made map[string]T
}

// of returns what is kept for a model, made if it is not there.
func (k *kept[T]) of(id string, make func() (T, error)) (T, error) {
	k.lock.Lock()
	defer k.lock.Unlock()
	if of, is := k.made[id]; is {
		return of, nil
	}
	of, err := make()
	if err == nil {
		if k.made == nil {
			k.made = map[string]T{}
		}
		k.made[id] = of
	}
	return of, err
}

// modelServices keeps the services of models.
type modelServices struct {
	services.DomainServicesGetter

	kept kept[services.DomainServices]
}

// ServicesForModel returns the services of a model.
func (m *modelServices) ServicesForModel(ctx context.Context, id model.UUID) (services.DomainServices, error) {
	return m.kept.of(id.String(), func() (services.DomainServices, error) {
		return m.DomainServicesGetter.ServicesForModel(ctx, id)
	})
}

// GetAgentPasswordServiceForModel returns the service that logins ask for passwords.
func (m *modelServices) GetAgentPasswordServiceForModel(ctx context.Context, id model.UUID) (authentication.AgentPasswordService, error) {
	of, err := m.ServicesForModel(ctx, id)
	if err != nil {
		return nil, err
	}
	return of.AgentPassword(), nil
}

// modelStores keeps the object stores of models, each of which is a worker.
type modelStores struct {
	objectstore.ObjectStoreGetter

	kept kept[objectstore.ObjectStore]
}

// GetObjectStore returns the object store of a model.
func (m *modelStores) GetObjectStore(ctx context.Context, id string) (objectstore.ObjectStore, error) {
	return m.kept.of(id, func() (objectstore.ObjectStore, error) {
		return m.ObjectStoreGetter.GetObjectStore(context.WithoutCancel(ctx), id)
	})
}

// connections to the controller's database stay open, once they are.
const connections = 16

// keepServices has the API server ask for the services of a model once. The suite
// gives what it serves with no way to change how; until here nobody has connected.
func (s *suite) keepServices() {
	server := reflect.ValueOf(s.Server).Elem()
	shared := server.FieldByName("shared").Elem()
	getter := within[services.DomainServicesGetter](shared.FieldByName("domainServicesGetter"))
	of := &modelServices{DomainServicesGetter: *getter}
	*getter = of
	stores := within[objectstore.ObjectStoreGetter](shared.FieldByName("objectStoreGetter"))
	*stores = &modelStores{ObjectStoreGetter: *stores}
	authenticator := server.FieldByName("localMacaroonAuthenticator").Elem().Elem()
	*within[stateauthenticator.AgentPasswordServiceGetter](authenticator.FieldByName("agentPasswordServiceGetter")) = of
	// A connection to SQLite that is opened reads the whole schema.
	s.DB().SetMaxIdleConns(connections)
}

// within is where a field is that its package keeps to itself.
func within[T any](field reflect.Value) *T {
	return (*T)(unsafe.Pointer(field.UnsafeAddr()))
}
