import { KeyTables } from '../app/key-list.tsx';
import { EngineSettings } from './engine-settings.tsx';
import { ViewSettings } from './view-settings.tsx';
import { StorageView } from './storage-view.tsx';
import './settings.css';

/** What is set for this user on this machine, and what this project takes of the disk. */
export function SettingsScreen() {
  return (
    <div className="stack settings">
      <h1>Settings</h1>
      <section className="card">
        <h2>How things are shown</h2>
        <ViewSettings />
      </section>
      <section className="card">
        <h2>Engine</h2>
        <EngineSettings />
      </section>
      <section className="card">
        <h2>Storage of this project</h2>
        <StorageView />
      </section>
      <section className="card">
        <h2>Keys</h2>
        <KeyTables />
      </section>
    </div>
  );
}
