import { contextBridge, ipcRenderer } from 'electron';

/* All that the page gets of Electron: a sign that it is there, and a port to the host. */

contextBridge.exposeInMainWorld('fusiformHost', 'electron');

// The bridge cannot hand over a port; the page posts one to itself, and it is passed on from here.
window.addEventListener('message', (event) => {
  if (event.source !== window || event.data !== 'fusiform:connect') return;
  ipcRenderer.postMessage('fusiform:connect', null, [...event.ports]);
});
