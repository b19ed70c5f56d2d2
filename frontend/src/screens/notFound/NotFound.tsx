/** An address that leads nowhere. */
import { hrefOf } from "../../app/router.js";
import { ButtonLink } from "../../components/Button.js";
import { EmptyState } from "../../components/states.js";
import { useTexts } from "../../texts/index.js";

export default function NotFound() {
  const { notFound } = useTexts();
  return (
    <div class="card">
      <EmptyState
        level={1}
        icon="question"
        title={notFound.title}
        text={notFound.text}
        action={<ButtonLink href={hrefOf("")}>{notFound.home}</ButtonLink>}
      />
    </div>
  );
}
