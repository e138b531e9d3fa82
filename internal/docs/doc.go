// Package docs reads the pages of the documentation, so that tests can do what the pages say.
//
// What a reader would type stands in ```console blocks, behind "$ "; what is printed stands below it, with … for what differs every time.
// ```python blocks are whole scripts, and a ```text block behind one is what it prints. A ```yaml block whose first line is "# NAME.yaml" is
// a file that later commands read. TestPages runs all of that, in the order of the page, against one real stack.
//
// A few programs cannot run in a test: kubectl without a cluster, make up in a test that has its own stack. standins_test.go has those, and what is
// checked of a call instead. Whatever is neither among them nor among the programs that run fails the test.
package docs
