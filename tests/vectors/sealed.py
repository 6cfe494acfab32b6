"""Sealed content, bundles, spools. Sealing draws a key of its own each time, so what was sealed once stands here for
ever, and a test opens it (`test_vectors`)."""

from typing import Any

from daiban_sync import batch, bundle, sealing, spooled
from daiban_sync.chain import Chain
from daiban_sync.keys import SoftwareKey
from daiban_sync.sealing import Purpose, SealKey
from tests.vectors import cast

SEAL = SealKey(bytes([5]) * 32)
ANEW, NEW_DEVICE = SoftwareKey(bytes([11]) * 32), b"phone-once-more-"
"""The key and the id that the phone has after it was enrolled once more."""
KEPT = {
    "photo": (
        "64616962616e207365616c656420310a321284bf5f0c1019a371457e8e65a468c13bd041bd43fae7ab07e6eeefdee884"
        "459c879f7f1fd92532867a7cba24a37a6f5345a0a66290903a483f86063e78538530eb432ce7bdadd4f507c71a6d7e78"
        "c2ae7b34e6b703aa6ff8a08cf889a2b7e41f7ee34520db1f38a7e44967a6c886b11a870eab289ce0db837f6ef4ae60a8"
        "b1ccefad1a7debfce77ebc08d4011b8c4945aa906f3c11fb0ce3f13eaaaca6e618573d20"
    ),
    "empty photo": (
        "64616962616e207365616c656420310a321284bf5f0c10196e74b08ba3cfb689533244b7488a17a73a06dbbf02e78c20"
        "b5e8172fe0ffa06022c6b5abce5a1fe3f6c9a4e916c4956097385a7e86fa6b8ff5dc17dbbb1489e2b96301ec150e23d5"
        "1e1adcce0577afdd7a9edeaba34578bb13924ac1a90e8ba0"
    ),
    "entry": (
        "64616962616e207365616c656420310a321284bf5f0c1019f42acf6536e2ce40db8b9c0339b7065c28bda458b89b6715"
        "0f7e857c805ddd0c1aa05754c560f467d459938320cd7cece2bf46264f784402b6415bb7d512daac18ccdb319f549f65"
        "958c309070490d4d83b0761c0ca66369e665e5dcc97d5f0b2548c30a2a031bee3240fd832c40a4b082c451e04d1a1ae2"
        "6df8282f0ed6546b2f84b2d03042d87d802f3618a54851ca7a56bb271450c247be245b8126197def2b5937b8158cc436"
        "8b3b860ed028d2c19e624b7044cd268d6068ea262c76044aeeacb0c62d6874417eeccb097d78fe8bb5a1179a29eb9b1d"
        "c1ccec6f3f468b56d84612d2004899bf15cd46a94763f92bf5b4f0342b103e65706d8fec19e034df70f4f23d62276927"
        "16087b19b0457a1071b4f142d498734fbdf3c1fc6530b1726a0dff4206feef0f2871941df20cc3e968c15718119183ac"
        "a70125ade42794df4805b1baaaa615e9742f55ab376f6191d9fde81ab7b6a9f1fba049267360828764091d611be8dff5"
        "a6f41f8ef689bbac2ff50f94af17e192509c2069fdb5937b69773a139e79146df83adcaad312b7d277b3cd3f51b20547"
        "88683dacabfb329e62e84feb7e63c022dab74eb33f77a0294f51ad5476669876b9"
    ),
    "bundle": (
        "64616962616e207365616c656420310a321284bf5f0c101932cd1bceb65b9cf957dbd701eebd0cb39c84e7c11f31db65"
        "67df52f0eeb9a466663f14bb13dfc7e9a2e359347458c63faab216f662ae0d9d7a4891bce22277104121de13a119b08d"
        "af1b2e58740338dabfcae3a24682f641fcc70ca9366c43840d05e2d86fdd462a202dd5c243e53bfd8bf84d6e5166666e"
        "f31326b22fb8ea082e63dd598a1182cd8401e66832fe369e3d8abcc9a38f74956f731c6ff4d0453a6e4fb0ead4d448d9"
        "5e71d48845e897c5291683e1626cc760d693ca00851d3cc98c6ca5fb9a15746f2cca92fe46c448efe5a2ca523c5a1d9a"
        "3f141ba4e92df4be4063467fbf871af2024513c2256edfd8cee9da7f0cb802e49ac8fa0cc7efb4a1f26db374d3f64afb"
        "0490a4a766df0164e6d3b956ab46ceb3a2ab45b4e755c148707836f6a1f45b73d22fda0a16ac30663a2f5c2d436650eb"
        "5da0af83716aef585733383932b57a2fd574ea3a6e625a6969dc59b2a5f9ee399ef1d8c9ff109608cca27eb7efc2e9d2"
        "d4c6d79778e60444478cf296bbfaa295aba05621552a5b1e15d7713fdc97bde7c1f4981c0219a246bc6f74273348f0e2"
        "77a093a7fbcf242685d8bee15905bc675001a24b95c34d5eb779e0362cd135ff6b32c542e754036d34c5b640e4aed4b1"
        "051ef6c4eda0b52c8ea2a11b980a5c9442ff4e176bb91778d431c40e9227688b876ccfb5ded8467f37bbe58677ce128f"
        "b776efff18912b9e7b5e2bea20145e0fb43bacda4e43019a0cf35b376d6ecb58ff0efe2885b3a2d97b725b0e337211ac"
        "3bd4c382f21721b6cf74ee529e10aa46c7e671c7eba87140ff9f8807d31f9d239902e7338adfd7e007e8db939a162ddf"
        "e9cb2e292e5ab96b6ab722ba6940bba122e3fc57095de8a1d8059c59c59c73063074e282d499e30327886bc1ad707fdf"
        "a1a8013011b953049a6334e144a3c55854ca4c4a75ef0eecf00d1b6833f1e1205e92a94857e6660ef795511eac1beb39"
        "3d3995ce9a4ffb737dd8f231d8"
    ),
    "batch": (
        "64616962616e207365616c656420310a321284bf5f0c1019a21cca27fb1c3db5c5733bab752e3d143c1abfc94ad241e8"
        "b69e56b58d03c61b34f3dd52b4f7121c83a76338c5de206aa075739fceb17b94dce9a0e9e2519bbf78edfbcd16b2d59a"
        "35bee5d01ccd3d83963803d4a962452fce63fd1c02e55d58cddf05a2a0c1f1ad844dd01f8df084c970e3b6fd676fe441"
        "776863cf767569ae5c4ae8b5b4216e18a66e4b7f6f392aa9b4fa74d5540deee6d317fcc63d11b39acf2458a7ed82a8cf"
        "27b9600f34932acc23a033d3bed5f352575f5088b3af92f8ec9214f7b9df6061cc88e6b725b9bbd7f61db96ac0b52c7f"
        "836ce257a43f6245c9b0f3c2ff702f737cadf5fc91ae87c312893b66233599b2a2f82a21601772a9b0394f9f47ce974a"
        "a1af0ab516686da6bc9cd8ee8e443f69f87fc6781e2f85128ed659f73fcf9b0f91f10b783ad655640498c702383226de"
        "7735498d2848360f5d4f4216279df705286611647845e4be3c36149faef35cf69b4ba62874636997f89b1b17da10970f"
        "b9d0b1c4d6c2cc7113fb0b58dd7c47c56146cf66e8cd566105c87e8f1fe4f71dfc6cb1974721ef9faf4a33fe92cac02a"
        "b96996c30564e4cbe894b9944205efc23f5b90bd78db21921a8f5a8f1e00c549359bc5a7ce3d2698eedd39d965e6951f"
        "e0ae9a3765fec1f45d665ad9b3f6d8dc589bf58d6d763607818139e12debb2c845b87159033d1ba8ae95cb3dd6b1ac57"
        "37bdb4301b97ce17b0e4c0691583cf5d97c4a41b866aa5be2925c54ce841e7d240118ffc7c3ad7f6c1480e61e7361096"
        "b6ac2c09a87fd0e5e07f55bb0ca80e10a27ec86f4854d523e7e1f71d91739b9b7b4648066d6a8345718e81f4b5baf8ef"
        "f08b681674c14a8e50ed44ece377424c1e41755fb41d13934704ac7fc59faca3d9b2096dcb599819233291402b3184cb"
        "e3a004d1598d0217fc823ffc6e5461810288e4"
    ),
}
"""What was sealed to `SEAL`, by what it is."""


def purposes() -> dict[str, Purpose]:
    """As what each was sealed."""
    photo = Purpose(sealing.PHOTO, cast.ORIGIN, cast.CENTRE)
    return {
        "photo": photo,
        "empty photo": photo,
        "entry": spooled.purpose(cast.ORIGIN),
        "bundle": bundle.purpose(cast.ORIGIN),
        "batch": batch.sealed_as(cast.ORIGIN),
    }


def contents() -> dict[str, bytes]:
    """What is within."""
    stated = bundle.Statement(
        *(cast.ORIGIN.hex(), cast.CENTRE.hex(), cast.DEVICE.hex(), bytes([6] * 16).hex()),
        *(1, 1, cast.NINE, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    )
    save = spooled.Spooled(cast.ORIGIN, cast.CENTRE, cast.DEVICE, 7, cast.CREATED)
    return {
        "photo": "一页户口簿".encode() * 4,
        "empty photo": b"",
        "entry": spooled.seal_one(save, cast.PHONE),
        "bundle": bundle.pack(stated, b"", cast.PHONE),
        "batch": batch.pack(cast.FIRST),
    }


def sealed() -> dict[str, Any]:
    """The vector file."""
    stated = purposes()
    return {
        "about": "sealed content: a seal key's seed, purposes with HPKE's info, content and what it was sealed to",
        "seed": (bytes([5]) * 32).hex(),
        "public": SEAL.public.hex(),
        "id": sealing.key_id(SEAL.public).hex(),
        "cases": [
            {
                "name": name,
                "purpose": stated[name].name,
                "info": stated[name].info.hex(),
                "content": content.hex(),
                "sealed": KEPT[name],
            }
            for name, content in contents().items()
        ],
        "anew": _anew(),
    }


def _anew() -> dict[str, Any]:
    """The sealed batch as the phone hands it in under another id: the first of that id's chain, counted on."""
    chain = Chain(cast.FIRST.header.sequence, batch.FIRST, 0)
    header = cast.FIRST.header._replace(device=NEW_DEVICE, sequence=chain.sequence + 1, previous=chain.digest)
    head, signed = batch.sign_anew(header, cast.FIRST.payload[batch.HEADER_BYTES :], ANEW)
    made = batch.unpack_sealed(head, batch.pack(cast.FIRST))
    return {
        "seed": (bytes([11]) * 32).hex(),
        "device": NEW_DEVICE.hex(),
        "sequence": header.sequence,
        "previous": header.previous.hex(),
        "kept_payload": cast.FIRST.payload.hex(),
        "sealed": KEPT["batch"],
        "payload": signed.hex(),
        "digest": made.digest.hex(),
        "frame": (head + bytes.fromhex(KEPT["batch"])).hex(),
        "opened": batch.pack(made).hex(),
    }
