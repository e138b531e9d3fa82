// Package image builds the container image of the service, without a container engine and without a base image from a registry: a static
// binary, the root certificates of Mozilla's list, and a user that is not root. The same input gives the same digest, on every machine.
//
// What it writes is an OCI image layout with an index of platforms, as one tar file: `skopeo copy oci-archive:…`, `podman load`, `docker load`
// and `ctr image import` take it.
package image
