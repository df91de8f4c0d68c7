// Stands for react-devtools-core in dist/ (tools/build.mjs): nobody develops there.
export default { initialize() {}, connectToDevTools() {} };
