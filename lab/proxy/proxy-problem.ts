/** A request that the proxy refuses: a sentence to act on, with the status that its API answers. */
export class ProxyProblem extends Error {
  readonly status: 400 | 403 | 404 | 405 | 409 | 413

  constructor(status: ProxyProblem['status'], message: string) {
    super(message)
    this.name = 'ProxyProblem'
    this.status = status
  }
}
