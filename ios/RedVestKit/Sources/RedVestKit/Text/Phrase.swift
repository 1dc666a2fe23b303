/// The kit's own texts: a case for each key of `Localizable.strings`, which says them in both languages. What stands in a
/// text is given as arguments, in the order of its `%1$@`, `%2$@`. Neither language needs plurals, so no text has any.
public enum Phrase: String, Sendable, CaseIterable {
  // MARK: General

  case unexpected

  // MARK: Times

  case days
  case hours
  case minutes
  case left
  case overdueBy
  case ago

  // MARK: First screen

  case photosWaiting
  case eventsWaiting
  case allSent
  case lastSync
  case neverSynced
  case needsUpdate
  case clockDoubtful
  case mineReported
  case workRectify
  case workAssist
  case workDispatch
  case workReview
  case workAnswer
  case draftReport
  case draftRectify
  case tooLateBy
  case probablyTooLateBy

  // MARK: Report

  case needPhotos
  case needPhotosAfter
  case needCategory
  case needPlace
  case needBetterFix
  case noFixYet
  case fixOfUnknownAccuracy
  case noPlaceYet
  case outsideGrids
  case goesTo

  // MARK: Lists and tickets

  case suspendedUntil
  case clockStartsWhenSent
  case waitsToBeSent
  case probablyLate
  case erased
  case happenedAndReceived
  case stood
  case stoodTooFar
  case mapsApple
  case mapsAmap
  case mapsBaidu

  // MARK: Acts

  case actAccept
  case actReturn
  case actRectify
  case actContribute
  case actDispatch
  case actAddEvidence
  case actComment
  case actPass
  case actSendBack
  case actReviewPhoto
  case actVoid
  case actReopen
  case actAsk
  case actGrant
  case actDeny
  case actResumeClocks
  case actRemind
  case actUrge
  case actCard
  case actRecategorise
  case actRelocate
  case needWords
  case needShorterText
  case needReason
  case needHolder
  case needWhom
  case needPhotoToJudge
  case needVerdict
  case needOriginal
  case noneNearby
  case needLaterDay
  case needAmount
  case nothingToExtend
  case actOver
  case amountMinutes
  case amountWorkingMinutes
  case amountWorkingDays
  case amountDays

  // MARK: Review

  case judgedAndLeft

  // MARK: Sync

  case phaseRelay
  case phasePush
  case phasePull
  case phaseRepair
  case phaseNames
  case phaseUpload
  case phaseDownload
  case phaseOver
  case perSecond
  case thumbnailsWaiting
  case reviewCopiesWaiting
  case originalsWaiting
  case photosUnbound
  case postponed
  case sessionBroken
  case sessionUnknown
  case sessionDone

  // MARK: Notices

  case noticesNew
  case noticesDueSoon
  case noticesOverdue
  case noticesSentBack
  case noticesRefused
  case noticesTooLate
  case noticeNew
  case noticeDueSoon
  case noticeOverdue
  case noticeSentBack
  case noticeRefused
  case noticeTooLate

  // MARK: Screens

  case home
  case work
  case notices
  case syncing
  case tryAgain
  case nothingHere
  case close
  case done
  case save
  case next
  case discard
  case dismiss
  case details
  case scanCode
  case enrolHelp
  case typeCode
  case phoneLabel
  case enrol
  case report
  case dueNext
  case drafts
  case onDuty
  case keepDraft
  case photosBefore
  case photosAfter
  case photosEvidence
  case takePhoto
  case removePhoto
  case photoTaken
  case photo
  case category
  case searchCategory
  case place
  case movePin
  case followFix
  case chooseGrid
  case whyNoFix
  case openNearby
  case sameAgain
  case wordsHint
  case placeHint
  case onTheSpot
  case notYet
  case outcome
  case outcomeRectified
  case outcomePersuaded
  case outcomeNothing
  case filter
  case everything
  case mineWorked
  case searchTickets
  case ticketGone
  case ledBy
  case goThere
  case acts
  case history
  case reason
  case lead
  case cooperating
  case partDone
  case timeWished
  case asked
  case wishSuspension
  case wishMoreTime
  case until
  case howMuch
  case verdict
  case verdictFine
  case verdictUnclear
  case verdictOtherPlace
  case verdictReused
  case verdictStaged
  case verdictPrivate
  case voidNoViolation
  case voidMistake
  case voidDuplicate
  case nothingToReview
  case syncNow
  case stopSync
  case originalsOnWifi
  case failedFiles
  case lastSyncs
  case makeDiagnostic
  case shareDiagnostic
  case moreNotices
  case allRead
}
