/** A member's own enrolments, to be signed: reached before there is any metering point. */
import { useWords } from "../../texts/index.js";
import { Enrolments } from "./Enrolments.js";
import { OPERATOR } from "./words.js";

export default function EnrolmentScreen() {
  const words = useWords(OPERATOR).enrolments;
  return (
    <>
      <header class="page-head">
        <h1>{words.title}</h1>
      </header>
      <div class="stack">
        <Enrolments />
      </div>
    </>
  );
}
