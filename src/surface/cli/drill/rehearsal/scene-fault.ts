// The script of the drill cannot go on: an agent ended, or something that must come did not come. What was recorded until
// then is still judged.

export class SceneFault extends Error {
  override readonly name = 'SceneFault';
}
