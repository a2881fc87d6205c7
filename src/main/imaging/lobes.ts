/** The regions of VanRullen & Reddy (2019). */
export type Lobe = 'occipital' | 'temporal' | 'frontoparietal';

export const lobes: readonly Lobe[] = ['occipital', 'temporal', 'frontoparietal'];

/**
 * Words in the names of cortical structures and the region that they belong to; the first rule that fits decides.
 *
 * The article says how its regions were cut (the most posterior third, the rest in two) and not by which anatomy. These
 * rules draw the same lines through parcellations: the occipital lobe; the temporal lobe with the fusiform and
 * parahippocampal gyri; and the frontal, parietal, cingulate and insular cortex. They hold for the names of AAL
 * (Tzourio-Mazoyer et al. 2002, and AAL3), the Harvard-Oxford cortical atlas, and FreeSurfer's Desikan-Killiany (2006) and
 * Destrieux (2010) parcellations. White matter, subcortical structures and the cerebellum belong to none.
 */
const rules: readonly (readonly [RegExp, Lobe | null])[] = [
  [/^wm|white matter|unknown|unsegmented|medial wall|ventricle|cerebell|vermis|brain ?stem|callosum/, null],
  [/hippocampus|amygdala|thalam|putamen|caudate$|pallid|accumbens|caudate nucleus/, null],
  [/parahippocamp|entorhinal/, 'temporal'],
  [/^occipital fusiform/, 'occipital'],
  [/oc temp.*lingual/, 'occipital'],
  [/temp/, 'temporal'],
  [/precun|subpariet/, 'frontoparietal'],
  [/parieto.?occipital|occipital|oc.*(sup|mid)|calcarine|cune(us|al)|lingual|^v[1-4]/, 'occipital'],
  [/fusiform|heschl|planum|bankssts|collat/, 'temporal'],
  [/front|orbit|^ofc|pariet|central|cingul|supramar|angular|motor|rolandic|operc/, 'frontoparietal'],
  [
    /pars |insul|\bins\b|pericallosal|rectus|olfactory|juxtapositional|subcallosal|suborbital|circular|^acc|lat fis/,
    'frontoparietal',
  ],
];

/** The region of a structure by its name; null where it belongs to none of the three. */
export function lobeOf(name: string): Lobe | null {
  const words = name
    .replace(/^(ctx|lh|rh|left|right)[-_. ]+/i, '')
    .replace(/^(lh|rh|left|right)[-_. ]+/i, '')
    .replace(/[-_.,]+/g, ' ')
    .toLowerCase()
    .replace(/\b(left|right)\b/g, '')
    .replace(/^pars(triangularis|opercularis|orbitalis)/, 'pars $1')
    .trim();
  return rules.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}
