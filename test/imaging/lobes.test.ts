import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lobeOf } from '../../src/main/imaging/lobes.ts';
import { labelRegions } from '../../src/main/imaging/regions.ts';

/** Names as the parcellations spell them. */
const expected: Readonly<Record<string, readonly string[]>> = {
  occipital: [
    'Calcarine_L',
    'Cuneus_R',
    'Lingual_L',
    'Occipital_Sup_L',
    'Occipital_Mid_R',
    'Occipital_Inf_L',
    'Lateral Occipital Cortex, superior division',
    'Intracalcarine Cortex',
    'Cuneal Cortex',
    'Lingual Gyrus',
    'Occipital Fusiform Gyrus',
    'Supracalcarine Cortex',
    'Occipital Pole',
    'Right Occipital Pole',
    'ctx-lh-cuneus',
    'ctx-rh-lateraloccipital',
    'lingual',
    'lh-pericalcarine',
    'ctx_lh_G_occipital_middle',
    'ctx_rh_S_calcarine',
    'ctx_lh_G_oc-temp_med-Lingual',
    'ctx_lh_S_parieto_occipital',
  ],
  temporal: [
    'Fusiform_L',
    'Temporal_Inf_R',
    'Temporal_Pole_Sup_L',
    'ParaHippocampal_R',
    'Heschl_L',
    'Temporal Occipital Fusiform Cortex',
    'Temporal Fusiform Cortex, anterior division',
    'Planum Polare',
    'Inferior Temporal Gyrus, temporooccipital part',
    'Middle Temporal Gyrus, posterior division',
    'Temporal Pole',
    "Heschl's Gyrus (includes H1 and H2)",
    'Parahippocampal Gyrus, anterior division',
    'ctx-lh-fusiform',
    'ctx-rh-bankssts',
    'ctx-lh-entorhinal',
    'ctx-lh-inferiortemporal',
    'temporalpole',
    'transversetemporal',
    'ctx_lh_G_oc-temp_lat-fusifor',
    'ctx_lh_S_temporal_sup',
  ],
  frontoparietal: [
    'Precentral_L',
    'Frontal_Sup_Orb_R',
    'Rolandic_Oper_L',
    'Supp_Motor_Area_R',
    'Cingulum_Post_L',
    'SupraMarginal_L',
    'Angular_R',
    'Precuneus_L',
    'Paracentral_Lobule_L',
    'Insula_L',
    'Rectus_L',
    'OFCmed_L',
    'ACC_pre_L',
    'Frontal Pole',
    'Juxtapositional Lobule Cortex (formerly Supplementary Motor Cortex)',
    'Precuneous Cortex',
    'Frontal Operculum Cortex',
    'Cingulate Gyrus, posterior division',
    'Inferior Frontal Gyrus, pars triangularis',
    'ctx-lh-precuneus',
    'ctx-rh-parsopercularis',
    'ctx-lh-isthmuscingulate',
    'ctx-lh-superiorparietal',
    'insula',
    'ctx_lh_G_pariet_inf-Supramar',
    'ctx_rh_S_central',
  ],
  null: [
    'Hippocampus_L',
    'Amygdala_R',
    'Cerebelum_Crus1_L',
    'Thalamus_R',
    'Left-Cerebral-White-Matter',
    'wm-lh-fusiform',
    'Left-Lateral-Ventricle',
    'Brain-Stem',
    'ctx-lh-unknown',
    'ctx_lh_Medial_wall',
    'CSF',
    'Left-Caudate',
  ],
};

describe('the three regions from the names of a parcellation', () => {
  for (const [lobe, names] of Object.entries(expected)) {
    it(lobe, () => {
      for (const name of names) assert.equal(String(lobeOf(name)), lobe, name);
    });
  }
});

it('a region is a set of labels', () => {
  const regions = labelRegions(Float32Array.of(0, 3, 7, 3, 2), [
    { name: 'a', labels: [3] },
    { name: 'b', labels: [2, 7] },
    { name: 'none', labels: [99] },
  ]);
  assert.deepEqual(
    regions.map(({ name, voxels }) => [name, Array.from(voxels)]),
    [
      ['a', [1, 3]],
      ['b', [2, 4]],
      ['none', []],
    ],
  );
});
