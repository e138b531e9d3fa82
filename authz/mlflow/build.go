package mlflow

import "extauthz/authz"

// row is the usual row: it needs what the needers say; any method but GET reads its parameters from a JSON body.
func row(method, path, operation string, needs ...Needer) Row {
	r := Row{Method: method, Path: path, Operation: operation, Access: authz.AccessGranted, Needs: needs, Body: JSONBody}
	if method == "GET" {
		r.Body = NoBody
	}
	return r
}

func public(method, path, operation string) Row {
	return Row{Method: method, Path: path, Operation: operation, Access: authz.AccessPublic, Body: AnyBody}
}

// anybody is open to every principal.
func anybody(method, path, operation string) Row {
	return Row{Method: method, Path: path, Operation: operation, Access: authz.AccessAuthenticated}
}

// adminOnly is what touches the whole server, or hands it secrets and addresses. Its request is read as strictly as any.
func adminOnly(method, path, operation string) Row {
	r := row(method, path, operation)
	r.Access = authz.AccessAdmin
	return r
}

// nobody is refused to admins as well.
func nobody(method, path, operation string) Row {
	return Row{Method: method, Path: path, Operation: operation, Access: authz.AccessNobody, Body: AnyBody}
}

func ownPassword(method, path, operation string) Row {
	return Row{Method: method, Path: path, Operation: operation, Access: authz.AccessOwnPassword, Body: AnyBody}
}

func (r Row) with(body Body) Row {
	r.Body = body
	return r
}

func (r Row) takes(fields ...string) Row {
	r.Fields = fields
	return r
}

// filters opens a list to every principal and takes the rows that the caller may not read out of its response.
func (r Row) filters(list *Listing) Row {
	r.Access, r.Response, r.Listing = authz.AccessAuthenticated, authz.Filters, list
	return r
}

// answersFields is GraphQL: open to every principal, and what the caller may not read is taken out of the response, field by field.
func (r Row) answersFields() Row {
	r.Access, r.Response, r.Body = authz.AccessAuthenticated, authz.Filters, GraphQLBody
	return r
}

// creates lets every principal create, unless a need refuses it, and gives the creator MANAGE on what the request made.
func (r Row) creates(s Subject) Row {
	r.Access = authz.AccessAuthenticated
	return r.then(authz.Creates, s)
}

func (r Row) then(response authz.Response, s Subject) Row {
	r.Response, r.Subject = response, &s
	return r
}

// learns remembers the owner of what the request creates.
func (r Row) learns(l Learned) Row {
	r.Response, r.Learned = authz.Learns, &l
	return r
}
