/** Why a flow cannot go on, already in the reader's words: the words come from the flow itself. */
export class FlowRefusal extends Error {
  override readonly name = "FlowRefusal";
}
