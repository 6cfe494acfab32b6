"""A device with the SDK's own encrypted store, enrolled by writing down what an enrolment would."""

from pathlib import Path

from daiban_client_sdk.enrolment import Code
from daiban_client_sdk.transport import wall_clock
from tests.bench.centre import Centre, Enrolled
from tests.bench.workload import fresh_id
from tests.support.phones import device_in


class Handset:
    """The store in `folder`, of the centre's first agent or of `person`. Make it while no server runs."""

    def __init__(self, folder: Path, centre: Centre, person: bytes | None = None) -> None:
        self.folder = folder
        agent, id_ = centre.agents[0], fresh_id()
        device = device_in(folder, wall_clock)
        enrolled = Enrolled(person or agent.person, agent.place, id_, device.new_key())
        centre.run(lambda: centre.enrol(enrolled))
        keys = centre.keys
        stated = {
            "device": id_.hex(),
            "centre": centre.id.hex(),
            "centre_name": "建民办事处",
            "person": enrolled.person.hex(),
            "person_name": "王芳",
            "role": "agent",
            "keyring": keys.keyring.decode(),
            "state": "active",
        }
        device.remember_enrolment(Code("", keys.origin.hex(), keys.root_key.hex(), "", ""), stated)
        device.close()

    def point_at(self, url: str) -> None:
        """Where the server is from now on."""
        device = device_in(self.folder, wall_clock)
        device.store.put("url", url)
        device.close()
