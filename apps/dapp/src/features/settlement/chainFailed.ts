/** Said where the chain cannot be read, after the reason. */
export const chainFailed = 'None of your money is touched by that, and this page asks again by itself.'
