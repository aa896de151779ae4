// What has to be in place before the framework starts.
//
// It writes one step of a reader in several: the choices, the page, then each choice again. Within a second they are one
// entry of the browser's history, so that its way back leads to where the reader was.
{
  const everyStep = history.pushState;
  let last = 0;
  history.pushState = function (...step) {
    const goes_on = Date.now() - last < 1000;
    last = Date.now();
    (goes_on ? history.replaceState : everyStep).apply(this, step);
  };
}

// What the server says is heard by `page.js` before the framework hears it.
self.WebSocket = class extends WebSocket {
  constructor(...how) {
    super(...how);
    this.addEventListener("message", ({ data }) => dispatchEvent(Object.assign(new Event("said"), { data })));
  }
};
