"""What search finds of the exchange: posts and calls once they are public, applications never for the public."""

from lms.core import search
from lms.core.translated import texts_in_all_languages
from lms.exchange.models import Application, Call, Post
from lms.exchange.rules import PUBLIC_CALLS

STAFF = "staff"


def index_post(post: Post) -> None:
    """Bring a post's entry up to date. Its call, lab, institution and sub centres must be loaded."""
    is_public = post.state == "approved" and post.call.state in PUBLIC_CALLS
    host = post.institution
    search.index(
        "post",
        post.id,
        title=post.title_en,
        texts=[
            post.title_zh,
            post.duties,
            post.requirements,
            post.lab.name_en,
            post.lab.name_local,
            host.name_en,
            host.name_local,
            host.name_zh,
            host.city,
            *(name for centre in post.sub_centres for name in (centre.name_en, centre.name_zh)),
        ],
        audience=search.PUBLIC if is_public else STAFF,
    )


def index_call(call: Call) -> None:
    """Bring a call's entry up to date."""
    search.index(
        "call",
        call.id,
        title=call.title_en,
        texts=[call.title_zh, call.summary_en, call.summary_zh, *texts_in_all_languages(call)],
        audience=search.PUBLIC if call.state in PUBLIC_CALLS else STAFF,
    )


def index_application(application: Application) -> None:
    """Let staff find a submitted application by its person's names, its institution or its reference."""
    person, home = application.person, application.home_institution
    institution = [home.name_en, home.name_local, home.name_zh] if home else []
    search.index(
        "application",
        application.id,
        title=person.name,
        texts=[person.name_local, person.name_zh, person.email, application.ref, *institution],
        audience=STAFF,
    )
