'use strict'

/** The requests that are being worked on. One can be so still when its client has the whole answer, or has gone. */
class Running {
  #answers = new Set()
  #waiting = []

  /** Begins a request. Its end is the end of the answer beneath all middleware, which express-session holds back until the store has answered. */
  begin (res) {
    const end = res.end
    this.#answers.add(res)
    res.end = (...args) => {
      this.end(res)
      return end.apply(res, args)
    }
  }

  end (res) {
    this.#answers.delete(res)
    if (this.#answers.size === 0) {
      this.#waiting.splice(0).forEach(callback => callback())
    }
  }

  /** Calls back once no request is running. */
  whenIdle (callback) {
    if (this.#answers.size === 0) {
      callback()
    } else {
      this.#waiting.push(callback)
    }
  }
}

module.exports = { Running }
