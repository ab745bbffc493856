module github.com/charmarr/charmarr-lint/test/terraform

go 1.26.5

require (
	github.com/charmarr/charmarr-lint v0.0.0
	github.com/google/go-cmp v0.7.0
	github.com/stretchr/testify v1.12.1
)

require (
	go.yaml.in/yaml/v3 v3.0.6 // indirect
	go.yaml.in/yaml/v4 v4.0.0 // indirect
)

replace github.com/charmarr/charmarr-lint => ../..
