package chart

import (
	_ "github.com/cert-manager/cert-manager/pkg/apis/certmanager"          // its module has the CRDs
	_ "github.com/prometheus-operator/prometheus-operator/pkg/versionutil" // its module has the CRDs
	_ "k8s.io/cli-runtime/pkg/genericclioptions"
)
