package cn.redvest.app.looks

import cn.redvest.core.BlobRole
import cn.redvest.core.Failure
import cn.redvest.core.Home
import cn.redvest.core.NewsRow
import cn.redvest.core.PhotosWaiting
import cn.redvest.core.Position
import cn.redvest.core.Pressing
import cn.redvest.core.Role
import cn.redvest.core.Stage
import cn.redvest.core.Summary
import cn.redvest.core.Tally
import cn.redvest.core.TicketRow
import cn.redvest.core.Winner
import cn.redvest.core.Work

/** 22 November 2026, 14:05 in China: when every sheet is looked at. */
const val NOW: Long = 1_795_327_500_000

/** Lengths of time in milliseconds. */
const val MINUTES: Long = 60_000
const val HOURS: Long = 60 * MINUTES

/** A ticket in a list; what a test does not name is ordinary. */
fun ticketRow(
    number: String = "20261122-0147",
    zh: String = "暴露垃圾",
    en: String = "Exposed litter",
    stage: Stage = Stage.DISPATCHED,
    stageZh: String = "待签收",
    stageEn: String = "To be accepted",
    due: Long? = NOW + 2 * HOURS + 10 * MINUTES,
    pressing: Pressing = Pressing.DUE_SOON,
    place: String? = "滨江路 128 号，早餐店门口",
    thumbnail: String? = null,
    clockStartsWhenSent: Boolean = false,
    suspendedUntil: Long? = null,
    mine: Boolean = false,
    distance: Int? = null,
    returned: Int = 0,
    urged: Int = 0,
    carded: Int = 0,
    pending: Int = 0,
    probablyLate: Int = 0,
    round: Int = 1,
    id: String = "0197c0de-0000-7000-8000-000000000001",
): TicketRow = TicketRow(
    ticket = id, stage = stage, stageZh = stageZh, stageEn = stageEn, former = false, number = number,
    localNumber = "K7-12", category = "06010", categoryZh = zh, categoryEn = en, reporter = "李梅", mine = mine,
    grid = "G010203", gridZh = "临河社区第三网格", lead = "agency:cg", leadZh = "城市管理局", leadEn = "City management",
    pin = Position(305_000_000, 1_143_000_000), distanceM = distance?.toUInt(), place = place,
    words = "垃圾桶旁堆了很多袋子", reported = NOW - 3 * HOURS, moved = NOW - HOURS, due = due, pressing = pressing,
    clockStartsWhenSent = clockStartsWhenSent, suspendedUntil = suspendedUntil, thumbnail = thumbnail, photos = 2u,
    round = round.toUShort(), returned = returned.toUShort(), passedAround = returned >= 3, reminded = 0u,
    urged = urged.toUShort(), carded = carded.toUShort(), asks = false, pending = pending.toUInt(),
    probablyLate = probablyLate.toUInt(), needsUpdate = false,
)

/** The core's account of the first screen. */
fun home(
    photos: List<PhotosWaiting> = emptyList(),
    events: Int = 0,
    next: TicketRow? = ticketRow(),
    tallies: List<Tally> = TALLIES,
    drafts: Int = 0,
    unbound: Int = 0,
    lastSync: Long? = NOW - 3 * MINUTES,
    clockDoubtful: Boolean = false,
    needsUpdate: Boolean = false,
): Home = Home(
    workspace = "青石区文明城市创建", member = "李梅", tallies = tallies, photos = photos,
    unboundPhotos = unbound.toULong(), eventsWaiting = events.toULong(), refused = 0uL, tooLate = 0uL,
    lastSync = lastSync, nextDue = next?.due, next = next, roles = listOf(Role.VOLUNTEER, Role.GRID),
    clockDoubtful = clockDoubtful, drafts = drafts.toUInt(), needsUpdate = needsUpdate,
)

private val TALLIES = listOf(
    Tally(Work.RECTIFY, Stage.DISPATCHED, "待签收", "To be accepted", 3uL),
    Tally(Work.RECTIFY, Stage.ACCEPTED, "处置中", "In hand", 12uL),
    Tally(Work.REVIEW, Stage.RECTIFIED, "待核查", "To be reviewed", 5uL),
    Tally(null, Stage.DISPATCHED, "待签收", "To be accepted", 2uL),
    Tally(null, Stage.CLOSED, "已结案", "Closed", 148uL),
)

/** Photos of every role that wait. */
fun waiting(thumbnails: Int, reviews: Int, originals: Int): List<PhotosWaiting> = listOf(
    PhotosWaiting(BlobRole.THUMBNAIL, thumbnails.toULong(), (thumbnails * 14_000).toULong()),
    PhotosWaiting(BlobRole.REVIEW, reviews.toULong(), (reviews * 310_000).toULong()),
    PhotosWaiting(BlobRole.ORIGINAL, originals.toULong(), (originals * 4_200_000).toULong()),
)

/** News of an own event that was refused. */
val REFUSED: NewsRow = NewsRow(
    event = "e1", ticket = "t1", number = "20261121-0032", kindZh = "上报", kindEn = "report", at = NOW - 5 * HOURS,
    code = "device_revoked", zh = "这台设备已被停用；请联系创文办。", en = "This device was withdrawn; ask the campaign office.",
    winner = null, words = null, photos = emptyList(),
)

/** News of an own event that came too late. */
val TOO_LATE: NewsRow = NewsRow(
    event = "e2", ticket = "t2", number = "20261122-0101", kindZh = "签收", kindEn = "acceptance", at = NOW - HOURS,
    code = "late_stage", zh = "工单已不在待签收阶段；请查看最新情况。", en = "The ticket had moved on; look at where it stands.",
    winner = Winner("签收", "acceptance", "王建国", NOW - 4 * HOURS - 3 * MINUTES), words = null, photos = emptyList(),
)

/** What a sync did. */
fun summary(accepted: Int = 4, sent: Int = 6, bytes: Long = 1_930_000, failure: Failure? = null): Summary = Summary(
    accepted = accepted.toUInt(), refused = 0u, tooLate = 0u, relayed = 0u, pages = 2u, changed = 5u, differing = 0u,
    sent = sent.toUInt(), sentBytes = bytes.toULong(), fetched = 3u, postponed = 0u, failure = failure, retryAt = null,
)

/** Why a sync ended early. */
val UNREACHABLE: Failure = Failure(
    "unreachable", "连不上中心；请检查网络，稍后会自动重试。", "The hub cannot be reached; check the network. It is tried again by itself.", 120u,
)
