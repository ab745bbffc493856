package server_test

import (
	"context"

	"github.com/juju/juju/caas"
	"github.com/juju/juju/core/assumes"
	"github.com/juju/juju/core/constraints"
	"github.com/juju/juju/core/providertracker"
	"github.com/juju/juju/environs"
)

// factory makes providers of a cloud that is not there.
type factory struct{}

func (factory) ProviderForModel(context.Context, string) (providertracker.Provider, error) {
	return provider{}, nil
}

func (factory) EphemeralProviderFromConfig(context.Context, providertracker.EphemeralProviderConfig) (providertracker.Provider, error) {
	return provider{}, nil
}

// provider answers what is asked when an application is made. Anything else
// panics: there is no cloud.
type provider struct{ providertracker.Provider }

func (provider) PrecheckInstance(context.Context, environs.PrecheckInstanceParams) error { return nil }

func (provider) ConstraintsValidator(context.Context) (constraints.Validator, error) {
	return constraints.NewValidator(), nil
}

func (provider) SupportedFeatures() (assumes.FeatureSet, error) { return assumes.FeatureSet{}, nil }

func (provider) Application(string, caas.DeploymentType) caas.Application { return nil }
