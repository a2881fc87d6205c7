import { librariesPath, type NativeDevice, tensorFlowVersion } from '../home.ts';

/** One wheel as the Python Package Index publishes it; whatever place it comes from must give these very bytes. */
export interface Wheel {
  /** The project's name in the index. */
  readonly project: string;
  readonly version: string;
  readonly file: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface Release {
  readonly device: NativeDevice;
  readonly tensorFlow: string;
  readonly wheels: readonly Wheel[];
  /** Disk that the unpacked files take before the libraries are stripped. */
  readonly unpackedBytes: number;
  /** Disk that the installed engine takes. */
  readonly keptBytes: number;
  /** What to know of this release beforehand. */
  readonly notes: readonly string[];
}

/**
 * The libraries inside a wheel of TensorFlow do not depend on the Python of its name: each of the published ones
 * would do, and one is pinned.
 */
const cpu: Release = {
  device: 'cpu',
  tensorFlow: tensorFlowVersion,
  wheels: [
    {
      project: 'tensorflow-cpu',
      version: tensorFlowVersion,
      file: `tensorflow_cpu-${tensorFlowVersion}-cp311-cp311-manylinux_2_27_x86_64.whl`,
      bytes: 273_829_956,
      sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    },
  ],
  unpackedBytes: 854e6,
  keptBytes: 640e6,
  notes: [],
};

const nvidia = (library: string, version: string, bytes: number, sha256: string, tag = ''): Wheel => ({
  project: `nvidia-${library}-cu12`,
  version,
  file: `nvidia_${library.replaceAll('-', '_')}_cu12-${version}-py3-none-manylinux2014_x86_64${tag}.whl`,
  bytes,
  sha256,
});

/**
 * TensorFlow with CUDA and the libraries of its extra `and-cuda`, at the lower bounds that its METADATA states:
 * CUDA 12.5 and cuDNN 9.3, which this version was built and tested with. NVIDIA's checksums are those of
 * TensorFlow's own `requirements_lock_3_11.txt`; NCCL's is that of XLA's table `cuda_redist_versions.bzl`. Those of
 * nvcc and of TensorFlow itself, and all sizes, were taken from one published list of hashed requirements.
 */
const cuda: Release = {
  device: 'cuda',
  tensorFlow: tensorFlowVersion,
  wheels: [
    {
      project: 'tensorflow',
      version: tensorFlowVersion,
      file: `tensorflow-${tensorFlowVersion}-cp312-cp312-manylinux_2_27_x86_64.whl`,
      bytes: 572_611_111,
      sha256: 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
    },
    nvidia(
      'cublas',
      '12.5.3.2',
      363_313_169,
      'ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b',
    ),
    nvidia(
      'cuda-cupti',
      '12.5.82',
      13_811_507,
      'bde77a5feb66752ec61db2adfe47f56b941842825b4c7e2068aff27c9d107953',
    ),
    nvidia(
      'cuda-nvcc',
      '12.5.82',
      22_468_537,
      'b03e545b8e8c3ce7ebcd7fc44063180ff52ff01d064ece2127ed90a04ef12cd0',
    ),
    nvidia(
      'cuda-nvrtc',
      '12.5.82',
      24_873_108,
      '3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd',
    ),
    nvidia(
      'cuda-runtime',
      '12.5.82',
      895_707,
      '3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115',
    ),
    nvidia(
      'cudnn',
      '9.3.0.75',
      577_163_502,
      '9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d',
    ),
    nvidia(
      'cufft',
      '11.2.3.61',
      192_524_114,
      '9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8',
    ),
    nvidia(
      'curand',
      '10.3.6.82',
      56_309_107,
      '2823fb27de4e44dbb22394a6adf53aa6e1b013aca0f8c22867d1cfae58405536',
    ),
    nvidia(
      'cusolver',
      '11.6.3.83',
      130_341_232,
      '93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b',
    ),
    nvidia(
      'cusparse',
      '12.5.1.3',
      217_558_979,
      '016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752',
    ),
    nvidia(
      'nccl',
      '2.27.7',
      322_546_339,
      'de5ba5562f08029a19cb1cd659404b18411ed0d6c90ac5f52f30bf99ad5809aa',
      '.manylinux_2_17_x86_64',
    ),
    nvidia(
      'nvjitlink',
      '12.5.82',
      21_298_879,
      'f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212',
    ),
  ],
  unpackedBytes: 4.7e9,
  keptBytes: 4.5e9,
  notes: [
    'written from the published layout of the wheels and never run on a machine with a graphics card',
    "NVIDIA's libraries come under NVIDIA's own licences, which lie beside them once unpacked",
    'disk figures are upper bounds',
  ],
};

export const releases: Readonly<Record<NativeDevice, Release>> = { cpu, cuda };

/** Where the libraries of NVIDIA lie: TensorFlow's look for them in `$ORIGIN/../nvidia/<library>/lib`. */
export const nvidiaPath = 'deps/nvidia';
export const headersPath = 'deps/include';

/** Headers that the addon includes, and those that they include. */
const headers = ['tensorflow/c/', 'tensorflow/core/platform/ctstring', 'tsl/platform/ctstring', 'xla/tsl/c/'];

/**
 * Where a file of a wheel goes, relative to the engine's folder; undefined: it is not needed.
 *
 * @param name the entry's path inside the wheel, with `/`
 */
export function placeOf(name: string): string | undefined {
  const library = /^tensorflow\/(libtensorflow_(?:cc|framework)\.so\.2)$/.exec(name);
  if (library) return `${librariesPath}/${library[1]}`;
  const header = /^tensorflow\/include\/(.+)$/.exec(name)?.[1];
  if (header !== undefined) {
    return headers.some((prefix) => header.startsWith(prefix)) ? `${headersPath}/${header}` : undefined;
  }
  // Shared libraries; of the compiler what TensorFlow calls at run time: the assembler and the device library.
  if (/^nvidia\/[^/]+\/lib\/.*\.so[^/]*$/.test(name)) return `deps/${name}`;
  if (/^nvidia\/cuda_nvcc\/(?:bin\/(?:ptxas|nvlink)|nvvm\/libdevice\/[^/]+)$/.test(name))
    return `deps/${name}`;
  const licence = /^([^/]+)\.dist-info\/(?:licenses\/)?([^/]*licen[cs]e[^/]*)$/i.exec(name);
  if (licence) return `deps/licences/${licence[1]}/${licence[2]}`;
  return undefined;
}

/** The folders of NVIDIA's libraries that the release brings, such as `cublas`. */
export function nvidiaLibraries(release: Release): string[] {
  return release.wheels
    .filter(({ project }) => project.startsWith('nvidia-'))
    .map(({ project }) => project.replace(/^nvidia-(.+)-cu\d+$/, '$1').replaceAll('-', '_'));
}
