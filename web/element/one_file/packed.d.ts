// What one.config.mjs makes out of other files: text.
declare module 'packed:*' {
  const text: string;
  export default text;
}
