package outcomes

import "midgate/adapter/midjourney/wire"

// place is where a text stands.
type place int

// The places. A failReason is the text of a task that ended badly.
const (
	inAnswers place = 1 << iota // to a submission
	inTasks
	anywhere = inAnswers | inTasks
)

// saying is one way to say no. All that it names must be so: one of its titles or words, one of its statuses, one of its
// codes; what is empty does not matter.
type saying struct {
	in       place
	titles   []string // the whole title of a text
	words    []string // whole words, in the title or outside of what the text quotes
	statuses []int
	codes    []int
	sure     bool // also under a status of 500 and more, where most words leave open whether a job exists
	weak     bool // as a title it only counts where the rest of the text says nothing
	means    verdict
	english  string // what a text in another language says, where the outcome does not say it
}

// sayings is everything that is known of how upstreams say no. A text that begins with words of a line is decided by the
// longest such words; else the first line that fits decides, so the specific ones come first.
var sayings = []saying{
	// A relay that lost its own server: a job may exist.
	{in: inAnswers, words: []string{
		"do_request_failed", "insert_midjourney_task_failed", "empty_response_body", "unmarshal_response_body_failed", "read_response_body_failed",
		"close_response_body_failed", "close_body_failed", "do request failed", "bad response body", "read response body", "connection reset", "broken pipe", "unexpected eof",
	}, means: unclear},
	{in: inAnswers, words: []string{"create_request_failed", "marshal_request_body_failed"}, means: notPassed},
	{in: inAnswers, words: []string{"bind_request_body_failed", "read_request_body_failed"}, means: badRequest},

	// Moderation, and what only sounds like it.
	{in: anywhere, words: []string{"moderator outage", "ai moderator outage", "content moderator outage", "moderation outage", "moderation is unavailable", "moderation is temporarily unavailable",
		"moderation unavailable", "moderation service", "moderation is down", "moderation system is down", "审核服务"}, means: moderation, english: "the moderation is out of order"},
	{in: anywhere, words: []string{"pending mod message", "pending moderation message", "mod message", "pending moderator message", "message from moderators", "message from the moderators", "acknowledge the warning",
		"acknowledge the message", "please acknowledge", "审核消息"}, means: acknowledge, english: "a message of the moderators is waiting"},
	{in: anywhere, words: []string{"blocked from accessing midjourney", "temporarily blocked", "temporarily banned", "you have been banned", "you have been suspended", "you've been banned", "been blocked from",
		"account has been", "account is locked", "account is restricted", "account is suspended", "account is banned", "account banned", "access has been revoked", "账号已被临时封锁", "账号被", "账号已被", "账号封禁", "账号因违规", "账号违规"},
		means: badAccount, english: "the account is suspended for a while"},
	{in: anywhere, words: []string{
		"banned prompt", "banned prompt detected", "banned image prompt", "banned word", "banned words", "prompt is banned", "ai moderators", "ai moderator", "output filters", "image filters",
		"prompt filters", "image denied", "image has been blocked", "image was blocked", "images have been blocked", "prompt has been blocked", "prompt was blocked",
		"prompt blocked", "image blocked", "community standards", "community guidelines", "content policy", "content_policy_violation", "moderation_blocked",
		"content moderation", "blocked by moderation", "flagged by moderation", "rejected by moderation", "blocked by our moderation", "moderation filters", "safety system", "nsfw",
		"prompt is blocked", "image is blocked", "video blocked", "video was blocked", "video has been blocked", "video denied", "frame blocked", "frame denied", "image prompt denied",
		"prompt denied", "moderated", "content filter", "content filters", "content_filter", "safety filter", "safety filters", "safety checker", "was flagged", "been flagged", "is flagged",
		"flagged as", "sensitive content", "sensitive word", "sensitive words", "inappropriate content", "unsafe content", "explicit content", "prohibited content", "forbidden content",
		"banned content", "banned phrase", "forbidden word", "forbidden words", "prohibited word", "prohibited words", "content violation", "policy violation", "violates our", "violates the",
		"violate our", "violation of our", "prompt is not allowed", "prompt not allowed", "content not allowed", "content is not allowed", "unsafe prompt", "ai moderation", "by moderation", "by moderators",
		"job cancelled by moderation", "job canceled by moderation", "cancelled by moderation", "canceled by moderation", "against our policy", "against our policies", "against our guidelines", "usage policy", "usage policies",
	}, means: moderated},
	{in: anywhere, words: []string{"敏感词", "敏感内容", "包含敏感", "含有敏感", "违禁", "违规", "不合规", "色情", "涉黄", "涉政", "审核不通过", "审核未通过", "未通过审核", "未通过安全审核",
		"审核失败", "审核拒绝", "审核被拒", "审核拦截", "词被拦截", "内容被拦截", "图片被拦截", "提示词被禁", "禁止词", "禁用词", "屏蔽词", "违反", "社区准则", "内容审核", "安全审核", "内容安全"},
		sure: true, means: moderated, english: "the prompt may contain a banned word"},

	// Limits of a day, which no waiting helps.
	{in: anywhere, words: []string{
		"今日", "今天", "当日", "当天", "每日", "每天", "日限额", "日绘图", "本周", "本月", "总绘图次数", "绘图次数", "次数已用", "次数用完", "24小时内", "daily limit", "daily quota",
		"daily drawing", "daily drawings", "daily generation", "daily generations", "daily usage", "daily cap", "daily allowance", "daily request", "daily requests", "per day",
		"limit for today", "for today", "monthly limit", "monthly quota", "weekly limit",
	}, means: usedUp, english: "its limit is reached"},

	// Money, but for the hours of a Midjourney account, which are not the relay's credit.
	{in: anywhere, words: []string{"快速额度", "快速时间", "快速时长", "快速模式", "时长已用", "小时数", "fast 时长", "fast时长", "fast 时间", "fast时间"}, means: badAccount, english: "the account's hours are used up"},
	{in: anywhere, words: []string{
		"余额不足", "余额", "额度不足", "额度已用尽", "额度", "欠费", "quota_not_enough", "insufficient_user_quota", "insufficient_quota", "pre_consume_token_quota_failed",
		"quota exceeded", "quota is not enough", "insufficient quota", "insufficient balance", "insufficient credit", "insufficient credits", "insufficient funds",
		"balance is not enough", "not enough balance", "not enough credits", "not enough quota", "balance insufficient", "balance is insufficient", "insufficient account balance", "quota exhausted", "quota is exhausted", "low balance", "out of balance", "arrears", "in arrears",
		"overdue payment", "payment required", "billing", "please recharge", "please top up", "充值",
	}, sure: true, means: credit, english: "the credit is used up"},
	{in: inAnswers, weak: true, words: []string{"quota", "balance", "credit"}, statuses: []int{401, 402, 403}, means: credit},
	{in: inAnswers, statuses: []int{402}, means: credit},

	// The task that a follow-up goes on from.
	{in: anywhere, words: []string{"task_status_not_success", "关联任务状态错误", "关联任务状态", "关联任务未完成"}, means: unfinished, english: "it is not finished"},
	{in: anywhere, words: []string{"task_not_found", "task_no_found", "关联任务不存在或已失效", "关联任务不存在", "任务不存在", "任务已失效", "task not found"}, means: parentGone,
		english: "it has expired"},
	{in: anywhere, words: []string{"get_channel_info_failed", "该任务所属渠道已被禁用", "渠道已被禁用", "获取渠道信息失败", "渠道不存在"}, means: channel},

	// What is not offered.
	{in: inAnswers, words: []string{"unknown_action", "unknown action", "未知的 action", "未知的action", "custom_id_is_required", "index_parse_failed"}, means: noButton,
		english: "the button is not known"},
	{in: inAnswers, words: []string{
		"无可用渠道", "没有可用渠道", "没有可用的渠道", "暂无可用渠道", "no available channel", "no available channels", "no channel available", "no channels available",
		"无可用通道", "没有可用通道", "no available provider", "no provider available", "价格未配置", "ratio or price not set", "price not set", "model price not configured", "model_not_found", "model not found", "模型不存在",
	}, sure: true, means: notOffered, english: "no channel is available for this kind of job"},
	{in: inAnswers, words: []string{
		"无权访问模型", "无权使用模型", "无权访问", "无权限访问模型", "没有权限使用模型", "no access to model", "not have access to model", "not have access to the model",
		"not allowed to use model", "not allowed to access model", "no permission to use model", "no permission to access model", "not authorized to access model",
		"does not exist or you do not have access", "无权调用", "unknown relay mode",
	}, sure: true, means: notOffered, english: "the key may not run this kind of job"},
	{in: inAnswers, statuses: []int{401}, means: badKey, english: "the key is not accepted"}, // whatever else is said of it
	{in: inAnswers, weak: true, words: []string{"令牌", "密钥", "api key", "apikey", "api-key", "access key", "secret key", "token"}, statuses: []int{403}, means: forbids, english: "the key is not accepted"},
	{in: inAnswers, words: []string{
		"当前账号不支持", "账号不支持", "未启用", "未开启", "未开放", "未开通", "已下线", "已下架", "禁止上传", "功能已关闭", "account does not support", "not available on this account",
		"not available for this account", "not available for your account", "not implemented", "invalid url", "feature is disabled", "feature is not available", "feature not available", "not enabled",
	}, means: notOffered, english: "the account does not do this"},
	{in: inAnswers, words: []string{"不支持", "not supported", "not support", "unsupported operation", "disabled"}, means: cannot, english: "it is not supported"},

	// Full, busy, too fast.
	{in: anywhere, words: []string{"队列已满", "队列", "排队人数", "排队已满", "任务已满", "任务数已满", "任务过多", "queue full", "queue is full", "queue_full", "queue", "at capacity", "no free slot", "no slots"}, means: queueFull, english: "the queue is full"},
	{in: anywhere, words: []string{"system_cpu_overloaded", "system_memory_overloaded", "overloaded", "负载已饱和", "负载过高", "系统繁忙", "服务器繁忙", "服务繁忙", "server is busy", "system is busy"},
		sure: true, means: overloaded, english: "all places are taken"},
	{in: anywhere, words: []string{
		"slow down", "rate limited", "rate limit", "rate_limit_exceeded", "rate limiting", "too many requests", "too many jobs", "too many tasks", "过于频繁", "太频繁", "频繁", "频率限制", "速率限制", "限流", "限速", "过快", "太快",
		"请求被限制", "请求受限", "rate-limited", "rate-limit", "ratelimit", "ratelimited", "too often", "too fast", "throttled", "throttling", "requests per minute",
	}, means: tooFast, english: "the requests come too fast"},
	{in: anywhere, words: []string{"并发", "concurrent", "concurrency", "max concurrent"}, means: queueFull, english: "too many jobs run at once"},

	// The account.
	{in: inAnswers, words: []string{"账号已禁用", "账号不可用", "未登录"}, statuses: []int{401, 403}, means: badKey, english: "the key is not accepted"},
	{in: anywhere, words: []string{
		"credits exhausted", "out of fast hours", "out of hours", "fast hours", "fast time", "fast credits", "not subscribed", "subscription required", "subscription paused",
		"subscription expired", "subscription has expired", "subscribe", "subscription", "plan cancelled", "plan canceled", "plan paused", "tos not accepted", "terms of service",
		"verify you're human", "captcha", "account is disabled", "account disabled", "account suspended",
		"account is blocked", "no available account", "no account available", "no available accounts", "no accounts available", "no available instance", "account unavailable",
		"account is not available", "account is offline", "account offline", "verify you are human", "please complete the task", "available for your plan", "available on your plan", "your plan does not", "needs verification", "verify your account",
		"accept our tos", "accept the tos", "upgrade your plan", "free trial",
	}, means: badAccount},
	{in: inTasks, words: []string{"unauthorized", "missing access", "missing permissions", "unknown channel", "登录失效", "登录已失效", "未登录", "cf验证", "cf 验证", "人机验证", "掉线", "离线"},
		means: badAccount, english: "the Midjourney account is not available"},
	{in: anywhere, weak: true, words: []string{"action required to continue", "action needed to continue", "action required", "action needed"}, means: badAccount},
	{in: anywhere, words: []string{"无可用的账号实例", "无可用的账号", "无可用账号", "没有可用的账号", "没有可用账号", "可用的实例", "可用实例", "实例不可用", "no usable account"}, means: noAccount, english: "no Midjourney account is available"},
	{in: anywhere, words: []string{"账号不可用", "账号不存在", "账号已禁用", "账号异常", "账号已过期", "账号已到期", "账号到期", "账号过期", "账号暂停", "账号已暂停", "账号限制", "账号受限", "账号未", "未绑定账号",
		"未同意", "服务条款", "人工验证", "需要验证"}, means: badAccount, english: "the Midjourney account is not available"},
	{in: anywhere, words: []string{"账号用量已经用完", "账号用量", "用量已用完", "用量已", "订阅已过期", "未订阅", "订阅"}, means: badAccount, english: "the account's hours are used up"},
	{in: inTasks, words: []string{"任务失败，请重试", "任务失败,请重试"}, means: badAccount, english: "the account could not run the job"},
	{in: inAnswers, words: []string{"封锁", "禁用", "封禁"}, means: badAccount, english: "the account is suspended"},
	{in: inTasks, titles: []string{"blocked", "banned", "suspended"}, means: badAccount},

	// What is wrong with the request.
	{in: anywhere, words: []string{
		"prompt不能为空", "prompt 不能为空", "提示词不能为空", "prompt_is_required", "prompt is required", "prompt is empty", "prompt cannot be empty", "prompt can not be empty",
		"no prompt", "missing prompt", "please provide a prompt", "prompt too long", "prompt is too long", "prompt exceeds", "prompt length", "prompt长度", "提示词长度", "提示词过长", "提示词太长",
		"prompt required", "prompt missing", "prompt is missing", "缺少提示词", "提示词为空", "prompt为空", "prompt 为空", "请输入提示词",
	}, means: badPrompt, english: "the prompt is empty or too long"},
	{in: anywhere, words: []string{
		"invalid prompt", "invalid parameter", "invalid parameters", "unrecognized parameter", "unrecognized parameters", "unrecognized parameter(s)", "unknown parameter", "unknown parameters",
		"invalid value", "invalid aspect ratio", "invalid version", "invalid link", "invalid links", "invalid url in prompt", "could not validate this link", "could not fetch image",
		"failed to load image", "invalid image", "unsupported image", "empty prompt", "duplicate images detected", "duplicate images", "invalid argument", "invalid arguments",
		"conflicting parameters", "incompatible parameters", "not compatible with", "incompatible with", "must be between", "unsupported parameter", "unsupported parameters",
		"unrecognised parameter", "unrecognised parameters", "unrecognised parameter(s)", "invalid literal", "parameter is invalid", "value is invalid", "link is invalid", "url is invalid",
		"image is invalid", "prompt is invalid", "not a valid version", "not a valid value", "not a valid aspect ratio", "image prompts must be", "error downloading image", "image url is not", "bad link",
		"link must be", "could not load image", "unsupported media type", "image too big", "image is too big", "failed to read image", "unrecognized argument", "unrecognized arguments", "unknown argument", "parameter error", "invalid sref", "invalid style", "invalid profile", "invalid personalization",
		"invalid moodboard", "invalid character", "invalid seed", "image not found", "could not download image", "failed to download image", "failed to fetch image", "unable to fetch image",
		"could not read image", "image too large", "image is too large", "too many images", "image format", "not available in version", "not supported with", "not supported in version",
	}, means: badPrompt},
	{in: anywhere, words: []string{"解析链接失败", "链接解析失败", "链接格式错误", "无效的链接", "链接无效", "图片链接", "图片格式", "图片过大", "图片太大", "图片下载失败", "下载图片失败", "无法下载图片", "获取图片失败",
		"无法获取图片", "读取图片失败", "图片无法访问", "图片获取失败", "图片不存在", "图片下载超时", "图片加载失败", "链接已失效", "链接失效", "链接已过期", "链接过期", "无法解析链接", "垫图"}, means: badPrompt, english: "a link or picture cannot be read"},
	{in: anywhere, words: []string{"无效的参数", "参数无效", "参数错误", "无效参数", "非法参数", "参数不合法", "参数非法", "参数异常", "参数有误", "参数不正确", "不支持的参数", "未知参数", "未知的参数",
		"无法识别的参数", "无法识别参数", "不支持的版本", "不支持的比例", "不支持的尺寸", "参数冲突", "提示词无效", "无效的提示词"}, means: badPrompt, english: "a parameter is wrong"},
	{in: inTasks, words: []string{"登录无效", "token无效", "token 无效", "账号无效"}, means: badAccount, english: "the Midjourney account is not available"},
	{in: inTasks, words: []string{"无效"}, means: badPrompt, english: "something in the request is invalid"},
	{in: anywhere, words: []string{"no start frame provided", "no start frame", "no end frame provided", "start frame is required", "start frame missing", "missing start frame", "first frame is required", "first frame required", "missing first frame", "缺少首帧", "首帧"}, means: badFrame, english: "the first frame is missing"},
	{in: anywhere, words: []string{"job action restricted", "action restricted", "action is restricted", "操作受限", "操作被限制"}, means: badAction, english: "the action is restricted"},
	{in: inAnswers, words: []string{"invalid_request", "invalid_request_error"}, statuses: []int{200, 400, 422, 500}, means: badRequest},

	// How jobs end.
	{in: inTasks, words: []string{"超时", "未找到消息", "timed out", "timeout", "time out", "time-out", "took too long", "deadline exceeded"}, means: timedOut, english: "the job timed out"},
	{in: inTasks, words: []string{
		"取消任务", "任务取消", "已取消", "用户取消", "取消", "job cancelled", "job canceled", "task cancelled", "task canceled", "cancelled by", "canceled by", "was cancelled",
		"was canceled", "cancel job", "job cancel", "user cancelled",
	}, means: cancelled},
	{in: inTasks, titles: []string{"cancelled", "canceled", "cancel"}, means: cancelled},

	// A server that gave up waiting: the one behind it may have begun the job all the same.
	{in: inAnswers, words: []string{"超时", "timed out", "timeout", "time out", "time-out", "deadline exceeded"}, statuses: []int{400, 503}, means: unclear},

	// Codes and statuses without telling words.
	{in: inAnswers, weak: true, words: []string{"上限", "限制", "次数", "limit", "too many"}, codes: []int{wire.CodeValidation}, means: tooFast, english: "a limit is reached"},
	{in: inAnswers, codes: []int{wire.CodeValidation, wire.CodeRelay}, statuses: []int{403}, means: forbids},
	{in: inAnswers, codes: []int{wire.CodeNoAccount}, statuses: []int{404}, means: parentGone},
	{in: inAnswers, codes: []int{wire.CodeNoAccount}, sure: true, means: noAccount},
	{in: inAnswers, codes: []int{wire.CodeQueueFull}, sure: true, means: queueFull},
	{in: inAnswers, codes: []int{wire.CodeSaturated}, sure: true, means: overloaded},
	{in: inAnswers, codes: []int{wire.CodeBanned}, sure: true, means: moderated},
	{in: inAnswers, codes: []int{wire.CodeFailure}, means: refused},
	{in: inAnswers, codes: []int{wire.CodeRelay}, means: unclear},
	{in: inAnswers, codes: []int{wire.CodeValidation, wire.CodeBinding}, means: badRequest},
	{in: inAnswers, statuses: []int{429}, means: tooFast},
	{in: inAnswers, words: []string{
		"key", "token", "secret", "authorization", "authorisation", "unauthorized", "credentials", "permission", "permissions", "令牌", "密钥", "用户", "权限", "分组", "group", "user",
		"invalid api key", "invalid token",
	}, weak: true, statuses: []int{403}, means: forbids},
	{in: inAnswers, statuses: []int{403}, means: noAccount},
	{in: inAnswers, statuses: []int{404, 405, 501}, means: notOffered},
	{in: inAnswers, statuses: []int{408}, means: unclear},
	{in: inAnswers, statuses: []int{413}, means: tooLarge},
	{in: inAnswers, statuses: []int{503}, means: noAccount},
}
