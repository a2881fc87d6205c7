// vtk.js declares no types for this filter.
declare module '@kitware/vtk.js/Filters/General/ImageMarchingCubes.js' {
  import type { vtkImageData } from '@kitware/vtk.js/Common/DataModel/ImageData';
  import type { vtkPolyData } from '@kitware/vtk.js/Common/DataModel/PolyData';
  interface Filter {
    setInputData(image: vtkImageData): void;
    update(): void;
    getOutputData(): vtkPolyData;
  }
  interface Options {
    contourValue: number;
    computeNormals: boolean;
    mergePoints: boolean;
  }
  const filter: { newInstance(options: Options): Filter };
  // biome-ignore lint/style/noDefaultExport: that is how vtk.js exports
  export default filter;
}
