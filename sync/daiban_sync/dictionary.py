"""Preset dictionaries of the wire, by number. One that was ever shipped is kept for ever, byte for byte.

What is common stands last, since deflate reaches back from the end at the least cost.
"""

_1 = (
    '"questions""reason":"note":"papers":["居民身份证","居民户口簿","申请表","社会保障卡(一卡通)账号"]'
    '"outcome":"done""outcome":"progressing""how":"telephone""how":"visit","spoke_to":"replied_at":'
    '"windows":[{"from":,"to":}],"minutes":30,"purpose":"crew":1,"priority":0,'
    '"valid_from":"202","valid_until":"text_version":"principal":{"name":"powers":["代为提交申请","代为领取结果"],'
    '"signers":[{"name":"mark":"drawn","at":17"page":1,"paper":"居民身份证","sha256":"type":"image/jpeg","width":2600,'
    '"height":1950,"taken_at":17"parent":"'
    '"report":"finished","facts":{"report":"started","report":"nobody_home","report":"collected",'
    '"command":"submit","expected":1"command":"accept","arguments":{"command":"assign",'
    '"cursor":"size":"time":17"more":false"photos":[]"protocol":1"first":"runs":[[0,1]],"details":[['
    '"kind":"place","kind":"post","kind":"item","kind":"reply","kind":"visit","kind":"mandate","kind":"photo",'
    '"kind":"household","fields":{"place":"019"head":"identity_number":"6124"phone":"1"address":"members":[{"name":'
    '"relation":"size":4"cannot_move":true"standing":"ordinary""point":{"lon":109"lat":32'
    '"status":"status_at":17"version":1"number":"owner":"due":"202'
    '"kind":"application","fields":{"household":"019"item":"019"applicant":"","identity_number":"6124","phone":"1",'
    '"mode":"limited","source":"home","account":{"bank":"number":"62","entitled_from":"202","collected_at":17'
    '"answers."},"seen":1,"over":{},"at":1764},"seen":0,"at":17{"record":"019'
).encode()

DICTIONARIES = {1: _1}
NEWEST = 1
