// Package servertls secures a listener by certificates in files, and follows the files when they change.
//
// What a new connection meets is what the files said at the last look; connections that are open stay. The files are looked at every few
// seconds by their contents, so it matters neither how they are written nor whether they lie behind the symbolic links that Kubernetes mounts
// secrets by. Files that cannot be read, or do not fit together, change nothing: they are logged, counted, and looked at again.
package servertls
