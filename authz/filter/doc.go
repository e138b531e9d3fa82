// Package filter takes out of MLflow's lists what the caller may not read, and refills the page from MLflow, so that pages stay full and
// their tokens work to the end: as MLflow's basic-auth does inside the process (mlflow/server/auth/__init__.py, filter_search_experiments).
//
// MLflow's page tokens are offsets, so a page that ends in the middle of one of MLflow's gets the token of its first unread row. A store
// with tokens of another form is asked for no more rows than still fit.
//
// Who pages must not learn how many rows are hidden. So a page has a token only if there is a further row that its reader may read, and
// tokens are sealed for that reader and that search: see Tokens. MLflow refuses a sealed token, and the page is fetched here.
//
// Answers to GraphQL queries lose what the caller may not read in place: see GraphQL.
package filter
