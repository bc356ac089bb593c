// The figure's script: files beside this one. In the build of one file one_file/parts.ts takes this one's place.
export const loadFigure = () => import('./figure.ts');
