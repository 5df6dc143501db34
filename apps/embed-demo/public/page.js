// The page's own script: shows what a host can learn of the worker. A worker needs none of this.
const tag = document.querySelector('script[data-site-key]')
document.getElementById('tag').textContent = tag.outerHTML.replace('async=""', 'async').replace(/" /g, '"\n  ')
document.addEventListener('oblivion', ({ detail: worker }) => {
  const output = document.getElementById('state')
  let share = 0
  const show = () => {
    const { status, reason, code } = worker.state
    // For the Embed page of the dApp, which shows this page in a frame.
    if (parent !== window) parent.postMessage({ oblivion: worker.state }, '*')
    output.textContent = `${[status, reason, code].filter(Boolean).join(', ')}; ${Math.round(share * 100)} % of a core`
  }
  worker.on('state', show)
  worker.on('share', (cpu) => {
    share = cpu
    show()
  })
  show()
})
