export type { NativeDevice } from '../engine/native/home.ts';
export { type InstallPlan, type PlanOptions, planNative } from '../engine/native/install/plan.ts';
export { type InstallResult, provisionNative } from '../engine/native/install/provision.ts';
export {
  type Removal,
  removeNative,
  type Verification,
  verifyNative,
} from '../engine/native/install/upkeep.ts';
