// Package document is a state of the store as people write, read and compare it: YAML or JSON, in which everything has a name.
//
//	version: 1
//	users:
//	  - username: alice
//	    admin: true
//	    roles:
//	      - {name: analysts}
//	    permissions:
//	      - {resource_type: experiment, resource_id: "7", permission: EDIT}
//	roles:
//	  - name: analysts
//	    permissions:
//	      - {resource_type: registered_model, resource_id: "*", permission: READ}
//
// Of makes one of what a store exports, Compare says what has to change in a store for it to be as a document says. A document says nothing of a
// section that it does not have; a user or role that it has, it has whole. Passwords' hashes and credentials are in it only when Secrets says so.
//
// The format is versioned and strict: an unknown field, a name that is there twice and a second document are errors, never ignored.
package document
