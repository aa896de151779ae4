// Streamlit writes one step of a reader in several: the choices, the page, then each choice again. Within a second
// they are one entry of the browser's history, so that its way back leads to where the reader was.
{
  const everyStep = history.pushState;
  let last = 0;
  history.pushState = function (...step) {
    const goes_on = Date.now() - last < 1000;
    last = Date.now();
    (goes_on ? history.replaceState : everyStep).apply(this, step);
  };
}
