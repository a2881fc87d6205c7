export { readStudyConfig, studyConfigText } from './study-config.ts';
export { type PlannedStep, planStudy, type StudyPlan } from './study-plan.ts';
export { runStudy, type StepReport, type StudyProgress, type StudyResult } from './study-run.ts';
export { defaultStudyConfig, writeStudyTemplate } from './study-template.ts';
export { chanceTable, friedmanTable, groupTables, type TextTable } from './study-text.ts';
