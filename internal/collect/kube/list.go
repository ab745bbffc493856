package kube

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// restarts is how often a list is begun anew because the API server no longer
// knows the state that its first page was of (410 Gone). It forgets after five
// minutes, or when etcd is compacted.
const restarts = 3

// list reads all objects of a kind and hands them to each, page by page, as
// values that encoding/json would write as the object. begin is called before
// the first page, and again where the list has to be begun anew: what came
// before is of another state.
//
// The pages of a list are all of one state, that of the first: an object that
// changes meanwhile is there once. version is that state, to watch from.
func (c *client) list(ctx context.Context, k kind, namespace string, begin func(), each func(any)) (version string, err error) {
	for try := 0; ; try++ {
		begin()
		limit := cmp.Or(k.page, pageSize)
		if try == restarts {
			limit = 0 // in one answer, which cannot expire
		}
		version, err := c.pages(ctx, k, namespace, limit, each)
		if try == restarts || !apierrors.IsResourceExpired(err) && !apierrors.IsGone(err) {
			return version, err
		}
	}
}

func (c *client) pages(ctx context.Context, k kind, namespace string, limit int, each func(any)) (version string, err error) {
	query := url.Values{}
	if limit > 0 {
		query.Set("limit", strconv.Itoa(limit))
	}
	if k.selector != "" {
		query.Set("labelSelector", k.selector)
	}
	for {
		next, of, err := c.page(ctx, k, namespace, query, each)
		if err != nil {
			return "", err
		}
		if version == "" {
			version = of
		}
		if next == "" {
			return version, nil
		}
		if next == query.Get("continue") {
			return "", errors.New("the API server gave the same page twice")
		}
		query.Set("continue", next)
	}
}

// page reads one page and returns the token of the next, and the state of which
// the page is.
func (c *client) page(ctx context.Context, k kind, namespace string, query url.Values, each func(any)) (next, version string, err error) {
	gvk := schema.GroupVersionKind{Group: k.group, Version: k.version, Kind: k.kind}
	if c.scheme.Recognizes(gvk) {
		return c.typedPage(ctx, k, gvk, namespace, query, each)
	}
	var page struct {
		Kind     string           `json:"kind"`
		Metadata metav1.ListMeta  `json:"metadata"`
		Items    []map[string]any `json:"items"`
	}
	if err := c.json(ctx, k.path(namespace), query, &page); err != nil {
		return "", "", err
	}
	if page.Kind != k.kind+"List" {
		return "", "", fmt.Errorf("the API server answered with a %q, want a %sList", page.Kind, k.kind)
	}
	for _, item := range page.Items {
		if item == nil {
			item = map[string]any{} // its lack of a name is reported
		}
		if metadata, ok := item["metadata"].(map[string]any); ok {
			delete(metadata, "managedFields")
		}
		item["apiVersion"], item["kind"] = k.apiVersion(), k.kind
		each(item)
	}
	return page.Metadata.Continue, page.Metadata.ResourceVersion, nil
}

func (c *client) typedPage(ctx context.Context, k kind, gvk schema.GroupVersionKind, namespace string, query url.Values, each func(any)) (next, version string, err error) {
	page, err := c.scheme.New(gvk.GroupVersion().WithKind(k.kind + "List"))
	if err != nil {
		return "", "", fmt.Errorf("making a list of %s: %w", k.resource, err)
	}
	if err := c.typed(ctx, k.path(namespace), query, page); err != nil {
		return "", "", err
	}
	about, err := meta.ListAccessor(page)
	if err != nil {
		return "", "", fmt.Errorf("reading a list of %s: %w", k.resource, err)
	}
	return about.GetContinue(), about.GetResourceVersion(), meta.EachListItem(page, func(item runtime.Object) error {
		identify(item, gvk)
		each(item)
		return nil
	})
}

// one reads one object.
func (c *client) one(ctx context.Context, k kind, namespace, name string) (any, error) {
	gvk := schema.GroupVersionKind{Group: k.group, Version: k.version, Kind: k.kind}
	item, err := c.scheme.New(gvk)
	if err != nil {
		return nil, fmt.Errorf("making a %s: %w", k.kind, err)
	}
	if err := c.typed(ctx, append(k.path(namespace), name), nil, item); err != nil {
		return nil, err
	}
	identify(item, gvk)
	return item, nil
}

// identify lets an object say its kind, which an item of a list does not, and
// drops its managed fields, most of its bytes, which nothing reads.
func identify(item runtime.Object, gvk schema.GroupVersionKind) {
	item.GetObjectKind().SetGroupVersionKind(gvk)
	if about, err := meta.Accessor(item); err == nil {
		about.SetManagedFields(nil)
	}
}
