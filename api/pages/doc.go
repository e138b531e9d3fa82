// Package pages is what people see: HTML templates and one stylesheet, embedded in the binary.
//
// They need no JavaScript and no build step. A page is one of the templates with a view, which is a plain value: what it may show has been
// decided before. Every text of a user is escaped by html/template and isolated (<bdi>), so that a name can neither become markup nor turn
// the text around it.
package pages
