'use strict'

// A clock that the driver sets, so that what the packages write is the same at every run. Loaded before any of them.

const RealDate = Date
let fixed

global.Date = class Date extends RealDate {
  constructor (...args) {
    if (args.length === 0) {
      super(global.Date.now())
    } else {
      super(...args)
    }
  }

  static now () {
    return fixed ?? RealDate.now()
  }
}

/** Stops the clock at this instant, in milliseconds since 1970; undefined: it goes on as the system's. */
function setClock (milliseconds) {
  fixed = milliseconds
}

module.exports = { setClock }
