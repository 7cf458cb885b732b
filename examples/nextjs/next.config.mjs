// The pages are static: the browser talks to Baton, and no function of a host is kept alive by an answer.
export default { output: 'export' }
