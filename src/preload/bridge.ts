import { contextBridge, ipcRenderer, webUtils } from 'electron';

/* All that the page gets of Electron: where a file lies that was dropped on it, and a port to the host. */

contextBridge.exposeInMainWorld('fusiformHost', {
  pathOf: (file: File) => webUtils.getPathForFile(file),
});

// The bridge cannot hand over a port; the page posts one to itself, and it is passed on from here.
window.addEventListener('message', (event) => {
  if (event.source !== window || event.data !== 'fusiform:connect') return;
  ipcRenderer.postMessage('fusiform:connect', null, [...event.ports]);
});
